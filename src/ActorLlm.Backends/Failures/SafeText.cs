using System.Text.RegularExpressions;

namespace ActorLlm.Backends;

/// <summary>Makes a provider's words fit to be shown to users: one line, bounded, nothing that looks like a key or an address.</summary>
internal static partial class SafeText
{
    private const int MaxLength = 300;

    public static string Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return "";
        string start = text.Length > 2 * MaxLength ? text[..(2 * MaxLength)] : text;
        string line = Spaces().Replace(Secrets().Replace(start, "***"), " ").Trim();
        return line.Length > MaxLength ? string.Concat(line.AsSpan(0, MaxLength), "...") : line;
    }

    [GeneratedRegex(@"\b(sk|pk|key|api)[-_][A-Za-z0-9_\-*]{8,}|\b[A-Fa-f0-9]{32,}\b|https?://\S+|Bearer\s+\S+", RegexOptions.IgnoreCase)]
    private static partial Regex Secrets();

    [GeneratedRegex(@"[\s\p{C}]+")]
    private static partial Regex Spaces();
}
