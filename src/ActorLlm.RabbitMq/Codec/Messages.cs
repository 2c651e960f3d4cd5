using System.Text;
using System.Text.Json;
using ActorLlm.Hosting;

namespace ActorLlm.RabbitMq.Codec;

/// <summary>A message as it was delivered, with what of its properties matters.</summary>
/// <param name="Body">The body.</param>
internal sealed record Inbound(ReadOnlyMemory<byte> Body)
{
    public string? MessageId { get; init; }

    public string? CorrelationId { get; init; }

    public string? ReplyTo { get; init; }

    /// <summary>Headers whose values are texts or numbers, by their names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>Where a reply goes and what is said back with it: what the outbox stores as the address. Fields are only ever added.</summary>
/// <param name="Queue">The routing key on the default exchange.</param>
/// <param name="CorrelationId">The reply's correlation id.</param>
/// <param name="Id">The request's id as JSON, a text or a number.</param>
internal sealed record ReplyAddress(string Queue, string CorrelationId, string Id)
{
    public string Write() => Encoding.UTF8.GetString(JsonWithId.Write(("queue", Queue), ("correlation", CorrelationId), Id));

    public static ReplyAddress Read(string text)
    {
        using var json = JsonDocument.Parse(text);
        return new ReplyAddress(
            json.RootElement.GetProperty("queue").GetString()!, json.RootElement.GetProperty("correlation").GetString()!, json.RootElement.GetProperty("id").GetRawText());
    }
}

/// <summary>What a message is.</summary>
internal abstract record Reading
{
    private Reading()
    {
    }

    /// <summary>A turn, and where its reply goes: to the URL where there is one, else to the queue.</summary>
    public sealed record Turn(TurnRequest Request, ReplyAddress Reply, string? Webhook) : Reading;

    /// <summary>Something that is answered with an error and makes no turn.</summary>
    public sealed record Refusal(ReplyAddress Reply, string Reason) : Reading;

    /// <summary>Nothing that could be answered.</summary>
    public sealed record Unreadable(string Reason) : Reading;
}
