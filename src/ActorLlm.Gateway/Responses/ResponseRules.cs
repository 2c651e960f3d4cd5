using System.Text.Json;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Items;

namespace ActorLlm.Gateway.Responses;

/// <summary>What a request for a response asks, checked.</summary>
/// <param name="Content">The turn, without what an earlier response gives it.</param>
/// <param name="Model">The model's name as it is shown: the one asked for, or the default's.</param>
/// <param name="Note">What is said back.</param>
/// <param name="Stream">Whether the reply is streamed.</param>
/// <param name="Store">Whether the response is kept.</param>
internal sealed record ResponseAsk(TurnContent Content, string Model, ResponseNote Note, bool Stream, bool Store)
{
    /// <summary>The response that it goes on from; null for none.</summary>
    public string? Previous { get; init; }

    /// <summary>The conversation that it is a turn of; null for none.</summary>
    public string? Conversation { get; init; }

    /// <summary>The same as a turn of a conversation, which a header may have named.</summary>
    public ResponseAsk Of(ConversationId conversation)
    {
        var note = Note.In(conversation.Name);
        return this with { Note = note, Content = Content with { Note = note.Write() } };
    }

    /// <summary>Whether it is answered before there is a reply.</summary>
    public bool Background => Note.Background;
}

/// <summary>What a request for a response must be. Nothing that changes the reply is dropped in silence.</summary>
internal static class ResponseRules
{
    // What backends call the same.
    private static readonly string[] PassedOn = ["prompt_cache_key", "prompt_cache_retention", "safety_identifier", "service_tier", "user"];

    public static ApiError? Check(ResponseBody body, IReadOnlyList<string> models, out ResponseAsk? ask)
    {
        ask = null;
        if (ItemRules.Read(body.Input, "input", out var messages) is { } badInput) return badInput;
        if ((RangeError(body) ?? UnsupportedError(body) ?? ChatRules.ModelError(body.Model, models)) is { } error) return error;
        if (EchoRules.Error(body) is { } badEcho) return badEcho;
        if (MetadataRules.Read(body.Metadata, out var metadata) is { } badMetadata) return badMetadata;
        if (ReadConversation(body, out var conversation) is { } badConversation) return badConversation;
        if (ResponseForm.Read(body, out var settings) is { } badForm) return badForm;
        var note = ResponseNote.Of(body, metadata, conversation);
        var content = new TurnContent(body.Model ?? "", messages, settings with { PassOn = PassOnBody.Write(PassOn(body)) })
        {
            Instructions = body.Instructions ?? "",
            Note = note.Write(),
        };
        if (ContentRules.Error(content, ChatRules.MaxBytes(body.Store)) is { } refused) return Failures.Of(refused.Code, refused.Reason) with { Param = "input" };
        ask = new ResponseAsk(content, ChatRules.Shown(content.Model, models), note, body.Stream ?? false, body.Store ?? true)
        {
            Previous = body.PreviousResponseId,
            Conversation = conversation,
        };
        return null;
    }

    private static ApiError? RangeError(ResponseBody body) =>
        SettingsRules.Error(new ChatBody { Temperature = body.Temperature, TopP = body.TopP })
        ?? (body.MaxOutputTokens is < 1
            ? ApiError.InvalidValue("max_output_tokens", $"max_output_tokens is {body.MaxOutputTokens}; allowed is 1 or more.")
            : null);

    private static ApiError? UnsupportedError(ResponseBody body)
    {
        if (body.TopLogprobs is > 0) return ApiError.Unsupported("top_logprobs", "top_logprobs is not supported by this server; leave it out.");
        if (body.Prompt.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            return ApiError.Unsupported("prompt", "prompt names a stored template, which this server does not have; send instructions and input.");
        if (body.PreviousResponseId is not null && body.Conversation.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            return ApiError.InvalidValue("previous_response_id", "previous_response_id and conversation cannot be used together; send one of them.");
        return body.Background is true && body.Store is false
            ? ApiError.InvalidValue("background", "background is true and store is false; a response in the background must be stored to be read later.")
            : null;
    }

    private static ApiError? ReadConversation(ResponseBody body, out string? conversation)
    {
        var named = body.Conversation;
        if (named.ValueKind == JsonValueKind.Object && named.TryGetProperty("id", out var id)) named = id;
        conversation = Json.Text(named);
        if (conversation is null && named.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
            return ApiError.Invalid("invalid_type", "conversation", "The value of conversation cannot be read; expected an id or {\"id\":\"...\"}.");
        string? wrong = null;
        return conversation is null || (ConversationId.TryParse($"{ConversationId.DefaultTenant}/{conversation}", out _, out wrong) && !TurnAddress.IsDots(conversation, out wrong))
            ? null
            : ApiError.InvalidValue("conversation", $"The field conversation is not valid. {wrong}");
    }

    private static Dictionary<string, JsonElement> PassOn(ResponseBody body)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var name in PassedOn)
        {
            if (body.Others?.TryGetValue(name, out var value) is true) fields[name] = value;
        }

        if (body.Text is { } text) fields["verbosity"] = text.Verbosity;
        if (body.Reasoning.ValueKind == JsonValueKind.Object && body.Reasoning.TryGetProperty("effort", out var effort)) fields["reasoning_effort"] = effort;
        return fields;
    }
}
