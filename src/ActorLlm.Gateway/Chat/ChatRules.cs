using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Chat;

/// <summary>What a chat completion request asks, checked.</summary>
/// <param name="Content">The turn.</param>
/// <param name="Model">The model's name as chunks show it: the one asked for, or the default's.</param>
/// <param name="Stream">Whether the reply is streamed.</param>
/// <param name="IncludeUsage">Whether the stream ends with the tokens used.</param>
internal sealed record ChatAsk(TurnContent Content, string Model, bool Stream, bool IncludeUsage);

/// <summary>What a chat completion request must be. Nothing that changes the reply is dropped in silence.</summary>
internal static class ChatRules
{
    private const int ModelsShown = 10;
    private const string Roles = "system, developer, user, assistant";

    public static ApiError? Check(ChatBody body, IReadOnlyList<string> models, out ChatAsk? ask)
    {
        ask = null;
        if (ReadMessages(body.Messages, out var messages) is { } badMessages) return badMessages;
        if ((UnsupportedFields.Error(body) ?? SettingsRules.Error(body) ?? ModelError(body.Model, models)) is { } error) return error;
        var content = new TurnContent(body.Model ?? "", messages, SettingsRules.Read(body));
        // Checked here and not only by the conversation: what is too large must not travel to it.
        if (ContentRules.Error(content) is { } refused) return Failures.Of(refused.Code, refused.Reason);
        ask = new ChatAsk(
            content,
            Model: content.Model.Length > 0 || models.Count == 0 ? content.Model : models[0],
            Stream: body.Stream ?? false,
            IncludeUsage: body.StreamOptions?.IncludeUsage ?? false);
        return null;
    }

    private static ApiError? ModelError(string? model, IReadOnlyList<string> models)
    {
        if (string.IsNullOrEmpty(model) || models.Contains(model, StringComparer.Ordinal)) return null;
        if (models.Count == 0)
            return ApiError.Unavailable(
                "no_models", "The cluster has no models; its backends are configured under ActorLlm:Backends.", TimeSpan.FromSeconds(1));
        return UnknownModel(model, models);
    }

    public static ApiError UnknownModel(string model, IReadOnlyList<string> models)
    {
        var more = models.Count > ModelsShown ? $" and {models.Count - ModelsShown} more (GET /v1/models)" : "";
        return ApiError.Rejected(
            404, "model_not_found",
            $"The model {ApiError.Show(model)} does not exist. Known are {string.Join(", ", models.Take(ModelsShown))}{more}.") with
        { Param = "model" };
    }

    private static ApiError? ReadMessages(List<MessageBody?>? bodies, out ImmutableArray<Message> messages)
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
            if (ReadMessage(bodies[index], index, out var message) is { } error) return error;
            read.Add(message);
        }

        messages = read.MoveToImmutable();
        return null;
    }

    private static ApiError? ReadMessage(MessageBody? body, int index, out Message message)
    {
        message = null!;
        var at = $"messages[{index}]";
        if (body is null) return ApiError.InvalidValue(at, $"{at} is null; expected a message object.");
        if (ReadRole(body.Role, at, out var role) is { } badRole) return badRole;
        if (UnsupportedFields.Error(body, at) is { } unsupported) return unsupported;
        if (body.Content is not { } content)
            return ApiError.InvalidValue($"{at}.content", $"{at}.content is missing; expected a string or an array of text parts.");
        if (content.OtherPart is { } part)
        {
            var type = content.OtherType is { } named ? $"has the type {ApiError.Show(named)}" : "has no type";
            return ApiError.Invalid(
                "unsupported_content_part", $"{at}.content[{part}]",
                $"{at}.content[{part}] {type}; only parts of the type 'text' are supported.");
        }

        message = new Message(role, content.Text);
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
            _ => (Role?)null,
        };
        role = read.GetValueOrDefault();
        if (read is not null) return null;
        var found = text is null ? "is missing" : $"is {ApiError.Show(text)}";
        return ApiError.InvalidValue($"{at}.role", $"{at}.role {found}; allowed are {Roles}.");
    }
}
