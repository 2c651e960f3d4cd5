using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using ActorLlm.Hosting;
using ActorLlm.RabbitMq.Broker;
using ActorLlm.RabbitMq.Codec;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;

namespace ActorLlm.RabbitMq;

/// <summary>Takes replies from the outbox to their queues.</summary>
internal sealed class ReplyCarrier(BrokerLink link, IOptions<RabbitMqOptions> options) : IReplyCarrier
{
    /// <summary>Its name in the outbox.</summary>
    public const string CarrierName = "rabbitmq";

    private static readonly TimeSpan RetryMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WhileAway = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WhileFull = TimeSpan.FromSeconds(5);

    public string Name => CarrierName;

    public bool Ready => link.IsOpen;

    public OutboxRule Rule { get; } = new(options.Value.ReplyAttempts, RetryMin, RetryMax);

    public async Task<Carriage> CarryAsync(OwedReply owed, TurnSettled settled, CancellationToken cancellationToken)
    {
        var address = ReplyAddress.Read(owed.Target.Address);
        return await link.PublishAsync(address.Queue, Of(owed, address), ReplyWriter.Write(settled.Outcome, address.Id), cancellationToken).ConfigureAwait(false) switch
        {
            Publication.Confirmed => new Carriage.Delivered(),
            Publication.Unroutable => new Carriage.Refused($"The broker has no queue '{address.Queue}'."),
            Publication.Refused => new Carriage.Later($"The broker did not take it into the queue '{address.Queue}', as where a queue is full.", WhileFull),
            _ => new Carriage.Later("The broker did not confirm it.", WhileAway),
        };
    }

    public async Task<bool> PutAsideAsync(OwedReply owed, TurnSettled settled, string reason, CancellationToken cancellationToken)
    {
        var address = ReplyAddress.Read(owed.Target.Address);
        var dead = Properties.Dead(Of(owed, address), reason, address.Queue);
        var publication = await link.PublishAsync(options.Value.DeadLetters, dead, ReplyWriter.Write(settled.Outcome, address.Id), cancellationToken).ConfigureAwait(false);
        return publication == Publication.Confirmed
            ? true
            : throw new IOException($"The broker did not take it into the dead-letter queue '{options.Value.DeadLetters}' ({publication}).");
    }

    private static BasicProperties Of(OwedReply owed, ReplyAddress address) =>
        Properties.OfReply(address.CorrelationId, owed.Id, owed.Conversation.Value, owed.Turn.Value);
}
