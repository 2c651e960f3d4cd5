using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Simulation;

/// <summary>
/// Replies that are written down beforehand, so that a program which needs a model can be shown and tested without one. A file holds a JSON array of rules, of
/// which the first that fits a prompt answers it; a prompt that none fits gets the simulator's own answer.
/// <code>
/// { "user": ["order", "4711"], "calls": [{ "name": "look_up_order", "arguments": { "order": "4711" } }] }
/// { "after": "look_up_order", "result": "shipped", "reply": "It is on its way." }
/// </code>
/// <c>user</c> and <c>result</c> are a text or several, all of which must occur in the last user message, or in the tool's result that ends the prompt; case does
/// not matter. <c>after</c> names the tool whose result that is; a rule without it fits no prompt that ends with a result. <c>reply</c> is a text, or an object or
/// array that is given as its JSON; <c>calls</c> are tools that the answer asks for.
/// </summary>
internal sealed class SimulatorScript
{
    private static readonly string[] Words = ["user", "after", "result", "reply", "calls"];

    private readonly ScriptRule[] _rules;

    private SimulatorScript(ScriptRule[] rules) => _rules = rules;

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is not there or not understood; the message says what is expected.</exception>
    public static SimulatorScript Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? new([.. document.RootElement.EnumerateArray().Select(Rule)])
                : throw new FormatException("expected a JSON array of rules.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new FormatException($"expected a file with a JSON array of rules; {exception.Message}", exception);
        }
    }

    /// <summary>What a file holds that cannot be used; null for nothing.</summary>
    public static string? Problem(string path)
    {
        try
        {
            Read(path);
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }

    /// <summary>The first rule that fits the prompt; null where none does.</summary>
    /// <param name="messages">The prompt.</param>
    /// <param name="message">Its last user message.</param>
    public ScriptRule? Find(IReadOnlyList<ChatMessage> messages, string message)
    {
        FunctionResultContent? last = messages[^1].Contents.OfType<FunctionResultContent>().LastOrDefault();
        string tool = last is null ? "" : ToolOf(messages, last.CallId);
        string result = last?.Result?.ToString() ?? "";
        return _rules.FirstOrDefault(rule => rule.After == tool && All(rule.User, message) && All(rule.Result, result));
    }

    private static bool All(string[] texts, string within) => texts.All(text => within.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static string ToolOf(IReadOnlyList<ChatMessage> messages, string call) =>
        messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().LastOrDefault(made => made.CallId == call)?.Name ?? "?";

    private static ScriptRule Rule(JsonElement rule, int index)
    {
        string at = $"rule {index + 1}";
        if (rule.ValueKind != JsonValueKind.Object)
            throw new FormatException($"{at} is no JSON object.");
        foreach (JsonProperty property in rule.EnumerateObject())
        {
            if (!Words.Contains(property.Name))
                throw new FormatException($"{at} has '{property.Name}'; expected {string.Join(", ", Words)}.");
        }
        ScriptedCall[] calls = rule.TryGetProperty("calls", out JsonElement made) ? [.. Items(made, at, "calls").Select(call => Call(call, at))] : [];
        if (!rule.TryGetProperty("reply", out JsonElement reply) && calls.Length == 0)
            throw new FormatException($"{at} has neither reply nor calls.");
        return new(
            Texts(rule, "user", at), Texts(rule, "after", at).FirstOrDefault(""), Texts(rule, "result", at),
            reply.ValueKind switch
            {
                JsonValueKind.Undefined => "",
                JsonValueKind.String => reply.GetString()!,
                JsonValueKind.Object or JsonValueKind.Array => JsonSerializer.Serialize(reply),
                _ => throw new FormatException($"{at} has a reply that is neither text nor an object or array."),
            },
            calls);
    }

    private static ScriptedCall Call(JsonElement call, string at) =>
        call.ValueKind == JsonValueKind.Object && call.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
        && call.TryGetProperty("arguments", out JsonElement arguments) && arguments.ValueKind == JsonValueKind.Object
            ? new(name.GetString()!, JsonSerializer.Serialize(arguments))
            : throw new FormatException($"{at} has a call that is not {{\"name\": text, \"arguments\": object}}.");

    private static string[] Texts(JsonElement rule, string name, string at)
    {
        if (!rule.TryGetProperty(name, out JsonElement value))
            return [];
        JsonElement[] texts = value.ValueKind == JsonValueKind.String ? [value] : [.. Items(value, at, name)];
        return texts.All(text => text.ValueKind == JsonValueKind.String)
            ? [.. texts.Select(text => text.GetString()!)]
            : throw new FormatException($"{at} has a {name} that is neither a text nor an array of texts.");
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement value, string at, string name) => value.ValueKind == JsonValueKind.Array
        ? value.EnumerateArray()
        : throw new FormatException($"{at} has {name} that is no array.");
}

/// <summary>One rule of a <see cref="SimulatorScript"/>.</summary>
internal sealed record ScriptRule(string[] User, string After, string[] Result, string Reply, ScriptedCall[] Calls)
{
    /// <summary>The reply in tokens: a word each, with the space in front of it.</summary>
    public string[] Tokens()
    {
        List<string> tokens = [];
        int from = 0;
        while (from < Reply.Length)
        {
            int next = Reply.IndexOf(' ', from + 1);
            int until = next < 0 ? Reply.Length : next;
            tokens.Add(Reply[from..until]);
            from = until;
        }
        return tokens.Count > 0 ? [.. tokens] : [""];
    }
}

/// <summary>A call that a rule asks for.</summary>
internal sealed record ScriptedCall(string Name, string Arguments);
