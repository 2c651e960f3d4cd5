using ActorLlm.Domain;
using ActorLlm.Domain.Delivery;
using ActorLlm.Hosting;
using ActorLlm.RabbitMq.Broker;
using ActorLlm.RabbitMq.Codec;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorLlm.RabbitMq;

/// <summary>
/// Makes turns of messages. A message is acknowledged once its turn is durable and its reply is in the outbox, or once something that makes no turn was
/// answered or is in the dead-letter queue; until then the broker keeps it.
/// </summary>
internal sealed partial class RabbitMqBridge(
    BrokerLink link, IReplyOutbox outbox, IWebhooks webhooks, IModels models, INodeHealth node, IOptions<RabbitMqOptions> options, TimeProvider time,
    ILogger<RabbitMqBridge> log) : BackgroundService
{
    private static readonly TimeSpan RetryMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan RetryMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NodeLook = TimeSpan.FromSeconds(1);

    private readonly RequestReader _reader = new(options.Value, models.Names, Ids.New, webhooks.Refuse);
    private readonly SemaphoreSlim _pending = new(options.Value.MaxPending);
    private readonly InOrder<ConversationId> _order = new();
    private CancellationToken _stop;

    public override void Dispose()
    {
        _pending.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.On) return;
        _stop = stoppingToken;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (await IsReadyAsync(stoppingToken).ConfigureAwait(false)) await RunWhileReadyAsync(stoppingToken).ConfigureAwait(false);
            await Task.Delay(NodeLook, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A node that is joining, or was put out, would only keep messages from the bridges of other nodes.
    private async Task RunWhileReadyAsync(CancellationToken stop)
    {
        using var ready = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var running = link.RunAsync(Receive, ready.Token);
        do await Task.Delay(NodeLook, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stop.IsCancellationRequested && await IsReadyAsync(stop).ConfigureAwait(false));
        await ready.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
    }

    private async Task<bool> IsReadyAsync(CancellationToken stop)
    {
        try
        {
            var (isReady, reason) = await node.CheckReadyAsync(stop).ConfigureAwait(false);
            if (!isReady) link.Waits(reason);
            return isReady;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Receive(Delivery delivery)
    {
        var reading = _reader.Read(delivery.Message);
        // Turns of one conversation are accepted in the order of the queue.
        _ = reading is Reading.Turn turn
            ? _order.RunAsync(turn.Request.Conversation, () => UntilDoneAsync(delivery, stop => TakeAsync(delivery, turn, stop)))
            : UntilDoneAsync(delivery, stop => reading is Reading.Refusal refusal
                ? AnswerAsync(delivery, refusal.Reply, refusal.Reason, stop)
                : BuryAsync(delivery, ((Reading.Unreadable)reading).Reason, stop));
    }

    /// <summary>Tries until it is done with the message, or until the broker takes the message back.</summary>
    /// <param name="delivery">The message.</param>
    /// <param name="attempt">Null when it is done, else why it is to be tried again.</param>
    private async Task UntilDoneAsync(Delivery delivery, Func<CancellationToken, Task<string?>> attempt)
    {
        using var withdrawn = CancellationTokenSource.CreateLinkedTokenSource(delivery.Withdrawn, _stop);
        for (var failures = 1; !withdrawn.IsCancellationRequested; failures++)
        {
            try
            {
                if (await attempt(withdrawn.Token).ConfigureAwait(false) is not { } problem)
                {
                    await delivery.AcknowledgeAsync().ConfigureAwait(false);
                    return;
                }

                if (failures == 1) LogHeldBack(log, problem);
            }
            catch (OperationCanceledException) when (withdrawn.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogFailed(log, error.Message.ReplaceLineEndings(" "));
            }

            var pause = Backoff.Delay(failures, RetryMin, RetryMax, Ids.Jitter());
            await Task.Delay(pause, time, withdrawn.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<string?> TakeAsync(Delivery delivery, Reading.Turn turn, CancellationToken stop)
    {
        await _pending.WaitAsync(stop).ConfigureAwait(false);
        var followed = false;
        try
        {
            if (turn.Webhook is { } url)
            {
                await outbox.OweAsync(turn.Request, webhooks.To(url), follow: false, stop).ConfigureAwait(false);
                return null;
            }

            var owed = await outbox.OweAsync(turn.Request, new ReplyTarget(ReplyCarrier.CarrierName, turn.Reply.Write()), follow: true, stop).ConfigureAwait(false);
            followed = true;
            _ = FollowAsync(owed, turn.Request);
            return null;
        }
        catch (ConversationsUnavailableException error)
        {
            return error.Message;
        }
        catch (TurnRejectedException error) when (RefusalRule.PassesByItself(error.Code))
        {
            return error.Message;
        }
        catch (TurnRejectedException error)
        {
            return await AnswerAsync(delivery, turn.Reply, error.Message, stop).ConfigureAwait(false);
        }
        finally
        {
            if (!followed) _pending.Release();
        }
    }

    private async Task FollowAsync(OwedReply owed, TurnRequest request)
    {
        try
        {
            await outbox.FollowAsync(owed, request, _stop).ConfigureAwait(false);
        }
        finally
        {
            _pending.Release();
        }
    }

    private async Task<string?> AnswerAsync(Delivery delivery, ReplyAddress reply, string reason, CancellationToken stop) =>
        await link.PublishAsync(reply.Queue, Properties.OfRefusal(reply.CorrelationId), ReplyWriter.Error(reason, reply.Id), stop).ConfigureAwait(false) switch
        {
            Publication.Confirmed => null,
            Publication.Unroutable => await BuryAsync(
                delivery, $"{reason} That could not be answered: the broker has no queue '{reply.Queue}'.", stop).ConfigureAwait(false),
            var publication => $"The broker did not take the answer to a message that makes no turn ({publication}).",
        };

    private async Task<string?> BuryAsync(Delivery delivery, string reason, CancellationToken stop)
    {
        var publication = await link.PublishAsync(
            options.Value.DeadLetters, Properties.Dead(delivery.Properties, reason), delivery.Message.Body, stop).ConfigureAwait(false);
        if (publication != Publication.Confirmed) return $"The broker did not take a message into the dead-letter queue '{options.Value.DeadLetters}' ({publication}).";
        LogBuried(log, options.Value.DeadLetters, reason);
        return null;
    }

    [LoggerMessage(EventId = 602, Level = LogLevel.Warning, Message = "A message is held back and tried again: {Reason}")]
    private static partial void LogHeldBack(ILogger log, string reason);

    [LoggerMessage(EventId = 603, Level = LogLevel.Error, Message = "A message could not be handled and is tried again: {Reason}")]
    private static partial void LogFailed(ILogger log, string reason);

    [LoggerMessage(EventId = 604, Level = LogLevel.Warning, Message = "A message went to '{Queue}': {Reason}")]
    private static partial void LogBuried(ILogger log, string queue, string reason);
}
