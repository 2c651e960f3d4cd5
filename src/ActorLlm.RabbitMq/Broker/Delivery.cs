using ActorLlm.RabbitMq.Codec;
using RabbitMQ.Client;

namespace ActorLlm.RabbitMq.Broker;

/// <summary>A message that the broker gave out and that is not acknowledged yet.</summary>
/// <param name="Session">Over which it came.</param>
/// <param name="Tag">The broker's number for it.</param>
/// <param name="Message">The message.</param>
/// <param name="Properties">Its properties as they came, for a dead letter.</param>
internal sealed record Delivery(BrokerSession Session, ulong Tag, Inbound Message, BasicProperties Properties)
{
    /// <summary>Cancelled when the broker will deliver it again.</summary>
    public CancellationToken Withdrawn => Session.Ended;

    /// <summary>Says that it is done with.</summary>
    public Task AcknowledgeAsync() => Session.AcknowledgeAsync(Tag);
}
