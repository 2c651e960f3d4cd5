using Microsoft.Extensions.Configuration;

namespace ActorLlm.Backends;

/// <summary>A list in configuration: an array (<c>Models:0</c>, <c>Models:1</c>), or one text with commas, as environment variables like it.</summary>
public static class SettingList
{
    /// <summary>The list's entries, without white space around them; null where the section is not there.</summary>
    public static IReadOnlyList<string>? Read(IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        if (section.Value is { } text && !string.IsNullOrWhiteSpace(text))
            return text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] entries = [.. section.GetChildren().Select(child => child.Value?.Trim() ?? "")];
        // An empty array is an empty text, also where another source adds entries to it.
        return entries.Length > 0 || section.Value is not null ? entries : null;
    }
}
