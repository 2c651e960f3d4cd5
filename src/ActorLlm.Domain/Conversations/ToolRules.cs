using System.Buffers;
using System.Text.Json;

namespace ActorLlm.Domain.Conversations;

/// <summary>What a turn's tools, and the form that it asks of its reply, must be.</summary>
public static class ToolRules
{
    private const string NameRule = "1 to 64 letters, digits, '_' and '-'";
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    /// <summary>What is wrong with the settings, or null.</summary>
    internal static string? Error(GenerationSettings settings) =>
        ToolsError(settings) ?? FormatError(settings.Format)
        ?? (settings.PassOn.Length > 0 && !IsObject(settings.PassOn) ? "The fields to pass on are not a JSON object." : null);

    /// <summary>What is wrong with the tools and the choice among them, or null.</summary>
    public static string? ToolsError(GenerationSettings settings)
    {
        var tools = settings.Tools.IsDefault ? [] : settings.Tools;
        if (tools.Length > Limits.MaxTools) return $"The turn has {tools.Length} tools; at most {Limits.MaxTools} are allowed.";
        foreach (var tool in tools)
        {
            if (!IsName(tool.Name)) return $"A tool has a name that is not valid; allowed are {NameRule}.";
            if (tool.Parameters.Length > 0 && !IsObject(tool.Parameters)) return $"The parameters of the tool '{tool.Name}' are not a JSON object; expected a JSON schema.";
            if (IsBroken(tool.Description)) return $"The description of the tool '{tool.Name}' is not valid Unicode text.";
        }

        if (tools.Select(tool => tool.Name).Distinct(StringComparer.Ordinal).Count() < tools.Length) return "Two tools of the turn have the same name.";
        return ChoiceError(settings.ToolChoice, tools.Select(tool => tool.Name));
    }

    /// <summary>What is wrong with the form that is asked of the reply, or null.</summary>
    public static string? FormatError(ReplyFormat? format)
    {
        if (format is null) return null;
        if (!Enum.IsDefined(format.Kind)) return "The form of the reply is unknown; expected text, json_object or json_schema.";
        if (format.Kind != ReplyFormatKind.JsonSchema) return null;
        if (!IsName(format.Name)) return $"The schema of the reply has a name that is not valid; allowed are {NameRule}.";
        if (IsBroken(format.Description)) return "The description of the reply's schema is not valid Unicode text.";
        return IsObject(format.Schema) ? null : "The schema of the reply is not a JSON object; expected a JSON schema.";
    }

    private static string? ChoiceError(ToolChoice? choice, IEnumerable<string> tools)
    {
        if (choice is null) return null;
        if (!Enum.IsDefined(choice.Kind)) return "The tool choice is unknown; expected auto, none, required or a tool's name.";
        if (choice.Kind == ToolChoiceKind.Named && !tools.Contains(choice.Name, StringComparer.Ordinal))
            return "The tool choice names a tool that the turn does not have.";
        return choice.Kind == ToolChoiceKind.Required && !tools.Any() ? "The tool choice is 'required', and the turn has no tools." : null;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= Limits.MaxToolNameLength && !name.AsSpan().ContainsAnyExcept(NameCharacters);

    private static bool IsObject(string json)
    {
        if (IsBroken(json)) return false;
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsBroken(string text) => UnicodeText.IndexOfLoneSurrogate(text) >= 0;
}
