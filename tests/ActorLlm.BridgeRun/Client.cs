using System.Text;
using System.Text.Json;
using ActorLlm.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace ActorLlm.BridgeRun;

/// <summary>Sends requests and takes replies over a broker that comes and goes: a request counts once the broker confirmed it, and is sent again until then.</summary>
internal sealed class Client(TestRabbitMq broker, Ledger ledger) : IAsyncDisposable
{
    public const string Queue = "llm_queue";
    public const string Replies = "llm_reply_queue";

    private const int Senders = 16;
    private const int MaxOpen = 400;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ConfirmPatience = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _opening = new(1);
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>Sends all requests, with at most so many unanswered at once.</summary>
    public Task SendAllAsync(int messages, CancellationToken stop) => Parallel.ForEachAsync(
        Enumerable.Range(1, messages).Select(Ledger.IdOf),
        new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = stop },
        async (id, cancelled) =>
        {
            while (ledger.Open >= MaxOpen) await Task.Delay(Pause, cancelled);
            ledger.Sent(id);
            while (!await TrySendAsync(id, cancelled)) ledger.SentAgain();
        });

    /// <summary>Takes replies until it is cancelled.</summary>
    public async Task ReceiveAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = await broker.ConnectAsync();
                await using var channel = await connection.CreateChannelAsync(cancellationToken: stop);
                await channel.BasicQosAsync(0, 200, global: false, stop);
                var ended = new TaskCompletionSource();
                channel.ChannelShutdownAsync += (_, _) => EndAsync(ended);
                var consumer = new AsyncEventingBasicConsumer(channel);
                consumer.UnregisteredAsync += (_, _) => EndAsync(ended);
                consumer.ReceivedAsync += async (_, message) =>
                {
                    using var reply = JsonDocument.Parse(message.Body);
                    ledger.Received(Text(reply, "id"), Text(reply, "status"), Text(reply, "result"));
                    await channel.BasicAckAsync(message.DeliveryTag, multiple: false, stop);
                };
                await channel.BasicConsumeAsync(Replies, autoAck: false, consumer, stop);
                await ended.Task.WaitAsync(stop);
            }
            catch (Exception error) when (IsLoss(error) || error is OperationCanceledException)
            {
                await Task.Delay(Pause, CancellationToken.None);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
        _opening.Dispose();
    }

    private async Task<bool> TrySendAsync(string id, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(ConfirmPatience);
        try
        {
            var channel = await ChannelAsync(patience.Token);
            var body = JsonSerializer.Serialize(new { type = "chat", content = Ledger.ContentOf(id), id });
            await channel.BasicPublishAsync(
                "", Queue, mandatory: true, new BasicProperties { DeliveryMode = DeliveryModes.Persistent }, Encoding.UTF8.GetBytes(body), patience.Token);
            return true;
        }
        catch (Exception error) when (!stop.IsCancellationRequested && (IsLoss(error) || error is OperationCanceledException))
        {
            await Task.Delay(Pause, stop);
            return false;
        }
    }

    private async Task<IChannel> ChannelAsync(CancellationToken stop)
    {
        if (_channel is { IsOpen: true } open) return open;
        await _opening.WaitAsync(stop);
        try
        {
            if (_channel is { IsOpen: true } meanwhile) return meanwhile;
            if (_connection is not null) await _connection.DisposeAsync();
            _connection = await broker.ConnectAsync();
            return _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(true, true), stop);
        }
        finally
        {
            _opening.Release();
        }
    }

    private static Task EndAsync(TaskCompletionSource ended)
    {
        ended.TrySetResult();
        return Task.CompletedTask;
    }

    private static string Text(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetString()!;

    private static bool IsLoss(Exception error) => error is RabbitMQClientException or IOException or ObjectDisposedException or System.Net.Sockets.SocketException;
}
