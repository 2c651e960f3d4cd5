using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorLlm.Backends.Simulation;

/// <summary>
/// What the last user message asks of the simulator, so that a test can aim at one turn:
/// <code>
/// [[fault status=429 retry-after=2 first=2]]     see SimulatorFault for the words; several are tried in order
/// [[reply tokens=64 ttft=50 inter=10 total=1000 chunk=4]]     overrides length (tokens) and times (ms) of SimulatorOptions
/// [[reply call=weather,time]]     asks for calls of these tools, unless a tool's result comes after it
/// [[reply reasoning=20]]     thinks aloud before it answers, in so many tokens, which are not counted
/// [[reply vary]]     another wording each time, as models do; without it the same prompt gets the same answer
/// </code>
/// Earlier messages are not looked at, so a directive works for its own turn only. One that cannot be read is an error of the request.
/// </summary>
public sealed class SimulatorDirectives
{
    private const string ReplyWords = "expected tokens=1..100000, chunk=1..100000, reasoning=1..100000, ttft, inter, total in milliseconds (0..3600000), call=NAME,NAME of tools, or vary.";

    private SimulatorDirectives()
    {
    }

    internal static SimulatorDirectives None { get; } = new();

    /// <summary>The faults, in the order written; the first one that applies to a call is used.</summary>
    public IReadOnlyList<SimulatorFault> Faults { get; private set; } = [];

    /// <summary>Tools whose calls are asked for.</summary>
    internal IReadOnlyList<string> Calls { get; private set; } = [];

    /// <summary>Whether each call gets an answer in other words.</summary>
    internal bool Varies { get; private set; }

    /// <summary>How many tokens it thinks before it answers.</summary>
    internal int ReasoningTokens { get; private set; }

    internal double? TimeToFirstTokenMs { get; private set; }

    internal double? InterTokenMs { get; private set; }

    internal double? TotalMs { get; private set; }

    internal int? ReplyTokens { get; private set; }

    internal int? TokensPerChunk { get; private set; }

    /// <summary>Takes the directives out of a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="directives">What it asks for.</param>
    /// <param name="rest">The message without them.</param>
    /// <param name="problem">What is wrong with one of them.</param>
    public static bool TryParse(
        string message, out SimulatorDirectives directives, out string rest, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(message);
        directives = None;
        rest = message;
        problem = null;
        int from = 0;
        while (Next(rest, from) is var (start, end) && start >= 0)
        {
            if (directives == None)
                directives = new();
            string body = rest[(start + 2)..end];
            problem = body.StartsWith("fault ", StringComparison.Ordinal) ? directives.AddFault(body[6..]) : directives.SetReply(body[6..]);
            if (problem is not null)
            {
                problem = $"The directive [[{body}]] cannot be read: {problem}";
                return false;
            }
            rest = rest.Remove(start, end + 2 - start);
            from = start;
        }
        return true;
    }

    /// <summary>Where the next directive is; other text in double brackets is left alone.</summary>
    private static (int Start, int End) Next(string text, int from)
    {
        while (text.IndexOf("[[", from, StringComparison.Ordinal) is var start && start >= 0)
        {
            int end = text.IndexOf("]]", start, StringComparison.Ordinal);
            if (end < 0)
                break;
            ReadOnlySpan<char> body = text.AsSpan(start + 2, end - start - 2);
            if (body.StartsWith("fault ", StringComparison.Ordinal) || body.StartsWith("reply ", StringComparison.Ordinal))
                return (start, end);
            from = start + 2;
        }
        return (-1, -1);
    }

    private string? AddFault(string words)
    {
        if (!SimulatorFault.TryParse(words, out SimulatorFault? fault, out string? problem))
            return problem;
        Faults = [.. Faults, fault];
        return null;
    }

    private string? SetReply(string words)
    {
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!SetReplyWord(word))
                return $"'{word}' is not understood; {ReplyWords}";
        }
        return null;
    }

    private bool SetReplyWord(string word)
    {
        if (word.StartsWith("call=", StringComparison.Ordinal))
        {
            Calls = word[5..].Split(',', StringSplitOptions.RemoveEmptyEntries);
            return Calls.Count > 0;
        }
        if (word == "vary")
            return Varies = true;
        int at = word.IndexOf('=', StringComparison.Ordinal);
        if (at < 0 || !double.TryParse(word.AsSpan(at + 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            return false;
        switch (word[..at])
        {
            case "tokens" when IsLength(value): ReplyTokens = (int)value; return true;
            case "chunk" when IsLength(value): TokensPerChunk = (int)value; return true;
            case "reasoning" when IsLength(value): ReasoningTokens = (int)value; return true;
            case "ttft" when Allowed.Milliseconds.Contains(value): TimeToFirstTokenMs = value; return true;
            case "inter" when Allowed.Milliseconds.Contains(value): InterTokenMs = value; return true;
            case "total" when Allowed.Milliseconds.Contains(value): TotalMs = value; return true;
            default: return false;
        }
    }

    private static bool IsLength(double value) => Allowed.ReplyTokens.Contains(value) && value == Math.Floor(value);
}
