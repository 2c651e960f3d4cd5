using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ActorLlm.RabbitMq.Broker;

/// <summary>
/// One connection to the broker with a channel to publish and one to consume. It never repairs itself: whatever of it breaks ends it, and the link opens a
/// new one, so that the broker gives out again what was not acknowledged.
/// </summary>
internal sealed class BrokerSession : IAsyncDisposable
{
    private const ushort NotFound = 404;

    private readonly RabbitMqOptions _options;
    private readonly IConnection _connection;
    private readonly TaskCompletionSource<string> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private IChannel? _publish;
    private IChannel? _consume;

    private BrokerSession(RabbitMqOptions options, IConnection connection)
    {
        (_options, _connection) = (options, connection);
        connection.ConnectionShutdownAsync += (_, shutdown) => EndAsync(shutdown.ReplyText);
    }

    /// <summary>Ends with what broke the session.</summary>
    public Task<string> Broken => _broken.Task;

    /// <summary>Cancelled when it is broken: what was delivered over it and not acknowledged will be delivered again.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Where replies and dead letters are published, with confirms.</summary>
    public IChannel Publishing => _publish!;

    /// <summary>Connects, makes the queues that are missing, and opens the channels.</summary>
    public static async Task<BrokerSession> OpenAsync(RabbitMqOptions options, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            Uri = new Uri(options.Url),
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            ClientProvidedName = "actorllm-bridge",
        };
        var session = new BrokerSession(options, await factory.CreateConnectionAsync(cancellationToken).ConfigureAwait(false));
        try
        {
            foreach (var queue in new[] { options.Queue, options.ReplyQueue, options.DeadLetters })
                await session.EnsureQueueAsync(queue, cancellationToken).ConfigureAwait(false);
            session._publish = await session.OpenChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken).ConfigureAwait(false);
            session._consume = await session.OpenChannelAsync(options: null, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Begins to take messages: at most as many unacknowledged at once as may be pending.</summary>
    /// <param name="receive">Called for one message after another, in the queue's order; what it is given is its own to keep.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ConsumeAsync(Action<Delivery> receive, CancellationToken cancellationToken)
    {
        await _consume!.BasicQosAsync(0, (ushort)_options.MaxPending, global: false, cancellationToken).ConfigureAwait(false);
        var consumer = new AsyncEventingBasicConsumer(_consume);
        consumer.ReceivedAsync += (_, message) =>
        {
            // The client reuses the body's memory once this returns.
            receive(new Delivery(this, message.DeliveryTag, Properties.Read(message), new BasicProperties(message.BasicProperties)));
            return Task.CompletedTask;
        };
        // The broker cancels a consumer whose queue was deleted.
        consumer.UnregisteredAsync += (_, _) => EndAsync($"the queue '{_options.Queue}' was deleted");
        await _consume.BasicConsumeAsync(_options.Queue, autoAck: false, consumer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the broker that a message is done with. Where the session ended meanwhile, the broker delivers it again.</summary>
    public async Task AcknowledgeAsync(ulong tag)
    {
        try
        {
            await _consume!.BasicAckAsync(tag, multiple: false, Ended).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationInterruptedException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            await EndAsync(error.Message).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync("the bridge closed it").ConfigureAwait(false);
        // Closing in order waits for the broker, which may be what is away.
        await _connection.CloseAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<IChannel> OpenChannelAsync(CreateChannelOptions? options, CancellationToken cancellationToken)
    {
        var channel = await _connection.CreateChannelAsync(options, cancellationToken).ConfigureAwait(false);
        channel.ChannelShutdownAsync += (_, shutdown) => EndAsync(shutdown.ReplyText);
        return channel;
    }

    // A queue that is there is taken as it is: it may have been made by others, with settings of theirs. Asking costs the channel where it is not there.
    private async Task EnsureQueueAsync(string queue, CancellationToken cancellationToken)
    {
        try
        {
            await using var asking = await _connection.CreateChannelAsync(options: null, cancellationToken).ConfigureAwait(false);
            await asking.QueueDeclarePassiveAsync(queue, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException error) when (error.ShutdownReason?.ReplyCode == NotFound)
        {
            await using var making = await _connection.CreateChannelAsync(options: null, cancellationToken).ConfigureAwait(false);
            await making.QueueDeclareAsync(queue, _options.Durable, exclusive: false, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(string reason)
    {
        if (_broken.TrySetResult(reason)) await _ended.CancelAsync().ConfigureAwait(false);
    }
}
