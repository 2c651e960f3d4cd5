using System.Text;
using System.Text.Json;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.RabbitMq.Codec;

/// <summary>Reads requests, <c>{"type": ..., "content": ..., "id": ...}</c>, by the bridge's options. Pure but for the ids that it is given.</summary>
/// <param name="options">The bridge's options.</param>
/// <param name="models">Names of models and modules that the cluster serves.</param>
/// <param name="newId">Makes an id for a message that has none.</param>
/// <param name="refuseWebhook">Why replies are not sent to a URL; null where they are.</param>
internal sealed class RequestReader(RabbitMqOptions options, IReadOnlyList<string> models, Func<string> newId, Func<string, string?> refuseWebhook)
{
    public const string ConversationHeader = "x-actorllm-conversation";
    public const string TenantHeader = "x-actorllm-tenant";
    public const string WebhookHeader = "x-actorllm-webhook";

    /// <summary>Longest id, as JSON, in characters.</summary>
    public const int MaxId = 1000;

    private const string OwnConversation = "amqp-";
    private const string Expected = """expected is {"type": "chat", "content": "...", "id": "..."}""";

    public Reading Read(Inbound message)
    {
        try
        {
            using var json = JsonDocument.Parse(message.Body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? Read(message, json.RootElement)
                : new Reading.Unreadable($"The body is JSON but no object; {Expected}.");
        }
        catch (JsonException error)
        {
            return new Reading.Unreadable($"The body is not JSON ({error.Message}); {Expected}.");
        }
        catch (InvalidOperationException)
        {
            return new Reading.Unreadable("A text of the body is not valid Unicode; expected is JSON in UTF-8.");
        }
    }

    private Reading Read(Inbound message, JsonElement body)
    {
        if (TextOf(body, "content", out var content) is { } noContent) return new Reading.Unreadable(noContent);
        if (content is null) return new Reading.Unreadable($"The message has no content; {Expected}.");
        if (TextOf(body, "type", out var type) is { } noType) return new Reading.Unreadable(noType);
        if (IdOf(body, message, out var id) is { } noId) return new Reading.Unreadable(noId);
        var turn = TurnOf(id);
        if (ConversationOf(message, turn, out var conversation) is { } noConversation) return new Reading.Unreadable(noConversation);
        if (ReplyOf(message, id, out var reply) is { } noReply) return new Reading.Unreadable(noReply);
        var webhook = message.Headers.GetValueOrDefault(WebhookHeader);
        if (webhook is not null && refuseWebhook(webhook) is { } refused) return new Reading.Refusal(reply, refused);
        return ModelOf(type ?? "chat") is { } model
            ? new Reading.Turn(new TurnRequest(conversation, turn, TurnContent.Of(content) with { Model = model }), reply, webhook)
            : new Reading.Refusal(reply, $"The type '{Short(type!)}' is not known; known are {string.Join(", ", options.Types.Keys.Concat(models))}.");
    }

    private static string? TextOf(JsonElement body, string name, out string? text)
    {
        text = null;
        if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.String) return $"The message's {name} is {value.ValueKind}, not a text; {Expected}.";
        text = value.GetString();
        return null;
    }

    // As JSON, so that a number comes back as a number.
    private string? IdOf(JsonElement body, Inbound message, out string id)
    {
        id = "";
        if (body.TryGetProperty("id", out var value) && value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && value.GetString() == ""))
        {
            if (value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) return $"The message's id is {value.ValueKind}; expected is a text or a number.";
            id = value.GetRawText();
        }
        else
        {
            id = JsonSerializer.Serialize(message.MessageId is { Length: > 0 } given ? given : newId());
        }

        return id.Length <= MaxId ? null : $"The message's id has {id.Length} characters; at most {MaxId} are allowed.";
    }

    // An id with characters that no turn's id may have stands for its hash: the same id is the same turn.
    private static TurnId TurnOf(string id)
    {
        using var json = JsonDocument.Parse(id);
        var text = json.RootElement.ValueKind == JsonValueKind.String ? json.RootElement.GetString()! : id;
        return TurnId.TryParse(text, out var turn, out _) ? turn : TurnId.Parse($"id-{Ids.Hash(text)}");
    }

    private string? ConversationOf(Inbound message, TurnId turn, out ConversationId conversation)
    {
        conversation = default;
        var tenant = message.Headers.GetValueOrDefault(TenantHeader) ?? options.Tenant;
        if (options.Tenants.Count > 0 && tenant != options.Tenant && !options.Tenants.Contains(tenant))
            return $"The header {TenantHeader} names the tenant '{Short(tenant)}', which this bridge does not serve.";
        if (tenant.Contains('/', StringComparison.Ordinal)) return $"The header {TenantHeader} has a slash, which no tenant's name has.";
        // One conversation for each id: messages that say nothing of a conversation have nothing to do with each other.
        var own = OwnConversation + turn.Value;
        var name = message.Headers.GetValueOrDefault(ConversationHeader) ?? (own.Length <= Limits.MaxIdLength ? own : OwnConversation + Ids.Hash(turn.Value));
        return ConversationId.TryParse($"{tenant}/{name}", out conversation, out var error)
            ? null
            : $"The headers {TenantHeader} and {ConversationHeader} name no conversation: {error}";
    }

    private string? ReplyOf(Inbound message, string id, out ReplyAddress reply)
    {
        using var json = JsonDocument.Parse(id);
        var text = json.RootElement.ValueKind == JsonValueKind.String ? json.RootElement.GetString()! : id;
        var correlation = message.CorrelationId ?? message.MessageId ?? (Encoding.UTF8.GetByteCount(text) <= RabbitMqOptions.MaxQueueNameBytes ? text : Ids.Hash(text));
        reply = new ReplyAddress(message.ReplyTo is { Length: > 0 } queue ? queue : options.ReplyQueue, correlation, id);
        return reply.Write().Length <= Limits.MaxReplyAddressLength ? null : "The message's reply_to, correlation_id and id are too long together.";
    }

    private string? ModelOf(string type) => options.Types.TryGetValue(type, out var model) ? model : models.Contains(type) ? type : null;

    private static string Short(string text) => text.Length <= 100 ? text : text[..100] + "...";
}
