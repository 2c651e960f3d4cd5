using System.Globalization;
using System.Text.Json;
using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Workers;

/// <summary>What a turn is to a chat client: its instructions, the history, then its own messages.</summary>
internal static class ChatRequest
{
    private static readonly ChatRole Developer = new("developer");

    /// <summary>Made as they are read: a long history is not copied for a client that looks at its end only.</summary>
    public static IEnumerable<ChatMessage> Messages(IEnumerable<Exchange> history, TurnContent content)
    {
        if (content.Instructions.Length > 0) yield return new ChatMessage(ChatRole.System, content.Instructions);
        var tools = ToolPairs.Of(history, content);
        foreach (var message in history.SelectMany(Said))
        {
            if (tools.Paired(message) is { } whole) yield return Of(whole);
        }

        foreach (var message in content.Messages) yield return Of(message);
    }

    /// <summary>Whether any of them has an image.</summary>
    public static bool HasImages(IEnumerable<Exchange> history, TurnContent content) =>
        content.Messages.Any(HasImages) || history.Any(exchange => exchange.Shown().Messages.Any(HasImages));

    public static ChatOptions Options(TurnContent content, string model)
    {
        var settings = content.Settings;
        var options = new ChatOptions
        {
            ModelId = model,
            Temperature = (float?)settings.Temperature,
            TopP = (float?)settings.TopP,
            MaxOutputTokens = settings.MaxOutputTokens,
            Seed = settings.Seed,
            FrequencyPenalty = (float?)settings.FrequencyPenalty,
            PresencePenalty = (float?)settings.PresencePenalty,
            StopSequences = settings.Stop.IsDefaultOrEmpty ? null : [.. settings.Stop],
            Tools = settings.Tools.IsDefaultOrEmpty ? null : [.. settings.Tools.Select(tool => new DeclaredTool(tool.Name, tool.Description, tool.Parameters, tool.Strict))],
            ToolMode = ModeOf(settings.ToolChoice),
            AllowMultipleToolCalls = settings.ParallelToolCalls,
            ResponseFormat = FormatOf(settings.Format),
        };
        if (settings.Format?.Strict is { } strict) (options.AdditionalProperties ??= [])[DeclaredTool.StrictProperty] = strict;
        if (PassedOn(settings) is { Length: > 0 } fields) PassOnFields.Set(options, fields);
        return options;
    }

    /// <summary>What is left of an earlier turn: its messages, then its reply as one.</summary>
    internal static IEnumerable<Message> Said(Exchange exchange)
    {
        var shown = exchange.Shown();
        return shown.Reply is { } reply
            ? shown.Messages.Append(new Message(Role.Assistant, reply.Spoken) { ToolCalls = reply.ToolCalls })
            : shown.Messages;
    }

    private static bool HasImages(Message message) => !message.Images.IsDefaultOrEmpty;

    private static string PassedOn(GenerationSettings settings)
    {
        if (settings is not { MaxTokensByOldName: true, MaxOutputTokens: { } most }) return settings.PassOn;
        var field = $"\"{PassOnFields.MaxTokens}\":{most.ToString(CultureInfo.InvariantCulture)}";
        return settings.PassOn.Length > 0 ? $"{settings.PassOn[..^1]},{field}}}" : $"{{{field}}}";
    }

    private static ChatToolMode? ModeOf(ToolChoice? choice) => choice?.Kind switch
    {
        null => null,
        ToolChoiceKind.None => ChatToolMode.None,
        ToolChoiceKind.Required => ChatToolMode.RequireAny,
        ToolChoiceKind.Named => ChatToolMode.RequireSpecific(choice.Name),
        _ => ChatToolMode.Auto,
    };

    private static ChatResponseFormat? FormatOf(ReplyFormat? format) => format?.Kind switch
    {
        null => null,
        ReplyFormatKind.JsonObject => ChatResponseFormat.Json,
        ReplyFormatKind.JsonSchema => ChatResponseFormat.ForJsonSchema(
            JsonElement.Parse(format.Schema), format.Name, format.Description.Length > 0 ? format.Description : null),
        _ => ChatResponseFormat.Text,
    };

    private static ChatMessage Of(Message message)
    {
        var role = message.Role switch
        {
            Role.System => ChatRole.System,
            Role.Developer => Developer,
            Role.User => ChatRole.User,
            Role.Tool => ChatRole.Tool,
            _ => ChatRole.Assistant,
        };
        if (message.IsPlain) return new ChatMessage(role, message.Text);
        return new ChatMessage(role, [.. Contents(message)]) { AuthorName = message.Name.Length > 0 ? message.Name : null };
    }

    private static IEnumerable<AIContent> Contents(Message message)
    {
        if (message.Role == Role.Tool)
        {
            yield return new FunctionResultContent(message.ToolCallId, message.Text);
            yield break;
        }

        var at = 0;
        foreach (var image in message.Images.AsSpan().ToArray())
        {
            if (image.At > at) yield return new TextContent(message.Text[at..image.At]);
            at = image.At;
            yield return Of(image);
        }

        if (at < message.Text.Length) yield return new TextContent(message.Text[at..]);
        foreach (var call in message.ToolCalls.AsSpan().ToArray()) yield return ToolCallText.ContentOf(call.Id, call.Name, call.Arguments);
    }

    private static AIContent Of(ImagePart image)
    {
        AIContent content = image.Url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? new DataContent(image.Url) : new UriContent(image.Url, "image/*");
        if (image.Detail.Length > 0) content.AdditionalProperties = new() { ["detail"] = image.Detail };
        return content;
    }
}
