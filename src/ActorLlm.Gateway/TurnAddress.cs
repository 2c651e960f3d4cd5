using System.Diagnostics.CodeAnalysis;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Keys;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ActorLlm.Gateway;

/// <summary>Which turn of which conversation a request means.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The turn.</param>
/// <param name="ClientKey">Whether the client chose the turn's id, so that sending the request again reaches the same turn.</param>
/// <param name="ClientConversation">Whether the client named the conversation.</param>
/// <param name="Overlap">What happens while earlier turns are unfinished.</param>
internal readonly record struct TurnAddress(ConversationId Conversation, TurnId Turn, bool ClientKey, bool ClientConversation, OverlapPolicy Overlap)
{
    public const string KeyHeader = "Idempotency-Key";
    public const string ConversationHeader = "X-Conversation-Id";
    public const string OverlapHeader = "X-Overlap-Policy";
    public const string MetadataField = "metadata.conversation_id";

    /// <summary>Reads the address from the headers and the body, within the tenant of the request; what is not named is made.</summary>
    /// <param name="http">The request.</param>
    /// <param name="inBody">The conversation that its body names; null for none.</param>
    /// <param name="address">The address.</param>
    /// <param name="field">Where its body does.</param>
    public static ApiError? Read(HttpContext http, string? inBody, out TurnAddress address, string field = MetadataField)
    {
        address = default;
        var (headers, tenant) = (http.Request.Headers, http.Tenant());
        TurnId? key = null;
        if (headers.TryGetValue(KeyHeader, out var keyText))
        {
            if (Several(KeyHeader, keyText) is { } several) return several;
            if (!TurnId.TryParse(keyText.ToString(), out var turn, out var wrong))
                return ApiError.Invalid("invalid_idempotency_key", KeyHeader, $"The header {KeyHeader} is not valid. {wrong}");
            key = turn;
        }

        if (ReadOverlap(headers, out var overlap) is { } badOverlap) return badOverlap;
        if (ReadConversation(headers, tenant, inBody, field, out var named) is { } badConversation) return badConversation;
        var conversation = named ?? (key is { } known ? Ids.ConversationOf(tenant, known) : Ids.NewConversation(tenant));
        address = new TurnAddress(conversation, key ?? Ids.NewTurn(), key is not null, named is not null, overlap);
        return null;
    }

    /// <summary>Puts the turn that a request was told to be, if it got that far, beside what is logged of it.</summary>
    public static IDisposable? LogScope(ILogger log, HttpContext http)
    {
        var headers = http.Response.Headers;
        return headers.TryGetValue(KeyHeader, out var turn)
            ? log.BeginScope(new Dictionary<string, object> { ["TurnId"] = turn.ToString(), ["ConversationId"] = $"{http.Tenant()}/{headers[ConversationHeader]}" })
            : null;
    }

    private static ApiError? ReadConversation(IHeaderDictionary headers, string tenant, string? inBody, string field, out ConversationId? conversation)
    {
        conversation = null;
        string? inHeader = null;
        if (headers.TryGetValue(ConversationHeader, out var text))
        {
            if (Several(ConversationHeader, text) is { } several) return several;
            inHeader = text.ToString();
        }

        if (inHeader is not null && inBody is not null && inHeader != inBody)
            return ApiError.Invalid(
                "invalid_conversation_id", ConversationHeader,
                $"The header {ConversationHeader} and {field} name two conversations; send one of them.");

        if ((inHeader ?? inBody) is not { } name) return null;
        var source = inHeader is not null ? ConversationHeader : field;
        if (!ConversationId.TryParse($"{tenant}/{name}", out var id, out var wrong) || IsDots(name, out wrong))
        {
            var where = inHeader is not null ? $"The header {source}" : $"The field {source}";
            return ApiError.Invalid("invalid_conversation_id", source, $"{where} is not valid. {wrong}");
        }

        conversation = id;
        return null;
    }

    /// <summary>Whether a name means something else in a path, however it is escaped there, so that it could be written and never read.</summary>
    public static bool IsDots(string name, [NotNullWhen(true)] out string? wrong)
    {
        wrong = name is "." or ".." ? $"The conversation id is '{name}', which no path can name; expected another." : null;
        return wrong is not null;
    }

    private static ApiError? ReadOverlap(IHeaderDictionary headers, out OverlapPolicy overlap)
    {
        overlap = OverlapPolicy.Enqueue;
        if (!headers.TryGetValue(OverlapHeader, out var text)) return null;
        var (known, policy) = text.ToString().ToUpperInvariant() switch
        {
            "ENQUEUE" => (true, OverlapPolicy.Enqueue),
            "REJECT" => (true, OverlapPolicy.Reject),
            "INTERRUPT" => (true, OverlapPolicy.Interrupt),
            _ => (false, default),
        };
        overlap = policy;
        return known
            ? null
            : ApiError.Invalid(
                "invalid_overlap_policy", OverlapHeader,
                $"The header {OverlapHeader} is {ApiError.Show(text.ToString())}; allowed are enqueue, reject and interrupt.");
    }

    private static ApiError? Several(string header, StringValues values) =>
        values.Count == 1
            ? null
            : ApiError.Invalid("invalid_header", header, $"The header {header} was sent {values.Count} times; send it once.");
}
