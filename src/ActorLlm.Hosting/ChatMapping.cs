using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace ActorLlm.Hosting;

/// <summary>The words of Microsoft.Extensions.AI and those of a turn.</summary>
internal static class ChatMapping
{
    private const string ReplyName = "reply";

    /// <summary>A message; several where it holds the results of several tools.</summary>
    /// <exception cref="NotSupportedException">A part of it cannot be part of a turn.</exception>
    public static IEnumerable<Message> MessagesOf(ChatMessage message)
    {
        var results = message.Contents.OfType<FunctionResultContent>().ToArray();
        if (results.Length == 0) return [MessageOf(message)];
        if (results.Length < message.Contents.Count) throw new NotSupportedException("A message has results of tools and something else; send them apart.");
        return results.Select(result => new Message(Role.Tool, TextOf(result.Result)) { ToolCallId = result.CallId });
    }

    /// <summary>How to generate.</summary>
    /// <exception cref="NotSupportedException">An option is not served: leaving it out in silence would give an answer to another question.</exception>
    public static GenerationSettings SettingsOf(ChatOptions? options)
    {
        if (options is null) return GenerationSettings.Default;
        if (options.TopK is not null) throw new NotSupportedException("ChatOptions.TopK is not supported; leave it out.");
        return new GenerationSettings(
            options.Temperature, options.TopP, options.MaxOutputTokens, options.Seed, options.FrequencyPenalty, options.PresencePenalty,
            options.StopSequences is { } stop ? [.. stop] : [])
        {
            Tools = [.. (options.Tools ?? []).Select(ToolOf)],
            ToolChoice = ChoiceOf(options.ToolMode),
            ParallelToolCalls = options.AllowMultipleToolCalls,
            Format = FormatOf(options.ResponseFormat, options.AdditionalProperties),
        };
    }

    /// <summary>What a reply holds.</summary>
    public static IEnumerable<AIContent> ContentsOf(Reply reply, bool withText)
    {
        if (reply.Reasoning.Length > 0) yield return new TextReasoningContent(reply.Reasoning);
        if (withText && (reply.Text.Length > 0 || reply.ToolCalls.IsDefaultOrEmpty)) yield return new TextContent(reply.Text);
        if (reply.Refusal.Length > 0) yield return new ErrorContent(reply.Refusal) { ErrorCode = "Refusal" };
        foreach (var call in reply.ToolCalls.AsSpan().ToArray()) yield return ToolCallText.ContentOf(call.Id, call.Name, call.Arguments);
    }

    private static Message MessageOf(ChatMessage message)
    {
        var role = message.Role.Value switch
        {
            "system" => Role.System,
            "developer" => Role.Developer,
            "user" => Role.User,
            "assistant" => Role.Assistant,
            var unknown => throw new NotSupportedException($"The role '{unknown}' is not supported here; expected system, developer, user, assistant, or tool with the result of a call."),
        };
        var text = new StringBuilder();
        var images = ImmutableArray.CreateBuilder<ImagePart>();
        var calls = ImmutableArray.CreateBuilder<ToolCall>();
        foreach (var content in message.Contents)
        {
            if (content is TextContent piece) text.Append(piece.Text);
            // What a model thought is not given to it again.
            else if (content is TextReasoningContent) continue;
            else if (content is FunctionCallContent call) calls.Add(new ToolCall(call.CallId, call.Name, ToolCallText.ArgumentsOf(call)));
            else if (content is DataContent data && data.HasTopLevelMediaType("image")) images.Add(new ImagePart(text.Length, data.Uri, DetailOf(data)));
            else if (content is UriContent uri && uri.HasTopLevelMediaType("image")) images.Add(new ImagePart(text.Length, uri.Uri.OriginalString, DetailOf(uri)));
            else throw new NotSupportedException($"A message has a {content.GetType().Name}; only text, images, calls of tools and their results are supported.");
        }

        return new Message(role, text.ToString()) { Images = images.ToImmutable(), ToolCalls = calls.ToImmutable(), Name = message.AuthorName ?? "" };
    }

    private static string DetailOf(AIContent content) => content.AdditionalProperties?.TryGetValue("detail", out string? detail) == true ? detail : "";

    private static string TextOf(object? result) => result switch
    {
        null => "",
        string text => text,
        TextContent content => content.Text,
        _ => JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions),
    };

    private static ToolDefinition ToolOf(AITool tool) => tool is AIFunctionDeclaration function
        ? new ToolDefinition(function.Name, function.Description, function.JsonSchema.GetRawText(), Strict(function.AdditionalProperties))
        : throw new NotSupportedException($"The tool {tool.Name} is a {tool.GetType().Name}; only functions are supported.");

    private static ToolChoice? ChoiceOf(ChatToolMode? mode) => mode switch
    {
        null => null,
        NoneChatToolMode => new ToolChoice(ToolChoiceKind.None, ""),
        RequiredChatToolMode { RequiredFunctionName: { } name } => new ToolChoice(ToolChoiceKind.Named, name),
        RequiredChatToolMode => new ToolChoice(ToolChoiceKind.Required, ""),
        _ => new ToolChoice(ToolChoiceKind.Auto, ""),
    };

    private static ReplyFormat? FormatOf(ChatResponseFormat? format, AdditionalPropertiesDictionary? properties) => format switch
    {
        ChatResponseFormatJson { Schema: { } schema } json =>
            new ReplyFormat(ReplyFormatKind.JsonSchema, json.SchemaName ?? ReplyName, json.SchemaDescription ?? "", schema.GetRawText(), Strict(properties)),
        ChatResponseFormatJson => new ReplyFormat(ReplyFormatKind.JsonObject, "", "", "", null),
        _ => null,
    };

    private static bool? Strict(IReadOnlyDictionary<string, object?>? properties) =>
        properties?.TryGetValue("strict", out var value) == true && value is bool strict ? strict : null;
}
