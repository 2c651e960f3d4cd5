using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Chat;

/// <summary>What the messages of a chat completion request must be.</summary>
internal static class MessageRules
{
    private const string Roles = "system, developer, user, assistant, tool";

    public static ApiError? Read(List<MessageBody?>? bodies, out ImmutableArray<Message> messages)
    {
        messages = [];
        if (bodies is null)
            return ApiError.Invalid(
                "missing_required_parameter", "messages", "The field messages is missing; expected an array of at least one message.");
        if (bodies.Count == 0) return ApiError.InvalidValue("messages", "The field messages is empty; expected at least one message.");
        if (bodies.Count > Limits.MaxContentMessages)
            return ApiError.InvalidValue(
                "messages", $"The field messages has {bodies.Count} messages; at most {Limits.MaxContentMessages} are allowed.");
        var read = ImmutableArray.CreateBuilder<Message>(bodies.Count);
        for (var index = 0; index < bodies.Count; index++)
        {
            if (ReadMessage(bodies[index], $"messages[{index}]", out var message) is { } error) return error;
            read.Add(message);
        }

        messages = read.MoveToImmutable();
        return null;
    }

    private static ApiError? ReadMessage(MessageBody? body, string at, out Message message)
    {
        message = null!;
        if (body is null) return ApiError.InvalidValue(at, $"{at} is null; expected a message object.");
        if (ReadRole(body.Role, at, out var role) is { } badRole) return badRole;
        if (UnsupportedFields.Error(body, at) is { } unsupported) return unsupported;
        if (ReadToolCalls(body.ToolCalls, role, $"{at}.tool_calls", out var calls) is { } badCalls) return badCalls;
        var refusal = role == Role.Assistant ? Json.Text(body.Refusal) ?? "" : "";
        if ((ContentError(body.Content, calls.Length > 0 || refusal.Length > 0, at) ?? ToolCallIdError(body.ToolCallId, role, at)) is { } error) return error;
        message = new Message(role, (body.Content?.Text ?? "") + refusal)
        {
            Images = body.Content?.Images ?? [],
            ToolCalls = calls,
            ToolCallId = body.ToolCallId ?? "",
            Name = body.Name ?? "",
        };
        return null;
    }

    private static ApiError? ContentError(ContentBody? content, bool mayLack, string at)
    {
        if (content is null)
            return mayLack ? null : ApiError.InvalidValue($"{at}.content", $"{at}.content is missing; expected a string or an array of parts.");
        if (content.OtherPart is not { } part) return null;
        var type = content.OtherType is { } named ? $"has the type {ApiError.Show(named)}" : "has no type";
        return ApiError.Invalid(
            "unsupported_content_part", $"{at}.content[{part}]",
            $"{at}.content[{part}] {type}; only parts of the types 'text' and 'image_url' are supported.");
    }

    private static ApiError? ToolCallIdError(string? id, Role role, string at)
    {
        if (role == Role.Tool)
            return string.IsNullOrEmpty(id)
                ? ApiError.InvalidValue($"{at}.tool_call_id", $"{at}.tool_call_id is missing; expected the id of the call whose result this is.")
                : null;
        return id is null ? null : ApiError.InvalidValue($"{at}.tool_call_id", $"{at}.tool_call_id is set; only messages of the role tool have one.");
    }

    private static ApiError? ReadToolCalls(List<ToolCallBody?>? bodies, Role role, string at, out ImmutableArray<ToolCall> calls)
    {
        calls = [];
        if (bodies is null or []) return null;
        if (role != Role.Assistant) return ApiError.InvalidValue(at, $"{at} is set; only messages of the role assistant have tool calls.");
        var read = ImmutableArray.CreateBuilder<ToolCall>(bodies.Count);
        for (var index = 0; index < bodies.Count; index++)
        {
            var call = bodies[index];
            if (call is null or { Type: not (null or "function") } or { Function: null })
                return ApiError.Unsupported($"{at}[{index}]", $"{at}[{index}] is no call of a function; expected {{\"id\",\"type\":\"function\",\"function\":{{\"name\",\"arguments\"}}}}.");
            if (string.IsNullOrEmpty(call.Id) || string.IsNullOrEmpty(call.Function.Name))
                return ApiError.InvalidValue($"{at}[{index}]", $"{at}[{index}] has no id or its function no name; expected both.");
            read.Add(new ToolCall(call.Id, call.Function.Name, call.Function.Arguments ?? ""));
        }

        calls = read.MoveToImmutable();
        return null;
    }

    private static ApiError? ReadRole(string? text, string at, out Role role)
    {
        var read = text switch
        {
            "system" => Role.System,
            "developer" => Role.Developer,
            "user" => Role.User,
            "assistant" => Role.Assistant,
            "tool" => Role.Tool,
            _ => (Role?)null,
        };
        role = read.GetValueOrDefault();
        if (read is not null) return null;
        var found = text is null ? "is missing" : $"is {ApiError.Show(text)}";
        return ApiError.InvalidValue($"{at}.role", $"{at}.role {found}; allowed are {Roles}.");
    }
}
