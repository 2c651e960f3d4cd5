using System.Collections.Concurrent;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>The outbox in the journal's database.</summary>
internal sealed partial class ReplyOutbox(
    IOptions<ActorLlmOptions> options, IConversations conversations, IEnumerable<IReplyCarrier> carriers, TimeProvider time, ILogger<ReplyOutbox> log) : IReplyOutbox
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly OutboxTable _table = new(options.Value.Journal(), Ids.NewRandom(), Limits.OutboxLease);
    private readonly Dictionary<string, IReplyCarrier> _carriers = carriers.ToDictionary(carrier => carrier.Name, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _held = new();

    /// <summary>Who may be given replies.</summary>
    public IReadOnlyCollection<IReplyCarrier> Carriers => _carriers.Values;

    public async Task<OwedReply> OweAsync(TurnRequest request, ReplyTarget target, bool follow, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(target.Address.Length, Limits.MaxReplyAddressLength);
        await conversations.SubmitAsync(request, cancellationToken).ConfigureAwait(false);
        var id = Ids.Hash(string.Join('\n', target.Carrier, request.Conversation, request.Turn, target.Address));
        if (follow) Hold(id);
        try
        {
            // Only now: what is owed is the reply of a turn that is durable.
            await InDatabaseAsync(_table.AddAsync(
                new OutboxRow(id, request.Conversation.Value, request.Turn.Value, target.Carrier, target.Address), follow), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            if (follow) LetGo(id);
            throw;
        }

        return new OwedReply(id, request.Conversation, request.Turn, target, time.GetUtcNow(), 0, false, "");
    }

    public async Task FollowAsync(OwedReply owed, TurnRequest request, CancellationToken cancellationToken = default)
    {
        try
        {
            await SettleAsync(owed, async stop => await conversations.CompleteAsync(request, stop).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LetGo(owed.Id);
        }
    }

    public async Task<IReadOnlyList<OwedReply>> ListAsync(bool parked, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, Limits.MaxOwedListed);
        var rows = _table.ListAsync(parked, limit, cancellationToken);
        await InDatabaseAsync(rows, cancellationToken).ConfigureAwait(false);
        return [.. (await rows.ConfigureAwait(false)).Select(OwedOf)];
    }

    public Task RetryAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken = default) =>
        InDatabaseAsync(_table.UnparkAsync(ids, cancellationToken), cancellationToken);

    /// <summary>Takes replies that are due and that nobody holds. Each has to be given to <see cref="RedeliverAsync"/>.</summary>
    internal async Task<IReadOnlyList<OwedReply>> ClaimAsync(IReplyCarrier carrier, int limit, CancellationToken cancellationToken)
    {
        var rows = await _table.ClaimAsync(carrier.Name, limit, cancellationToken).ConfigureAwait(false);
        foreach (var row in rows) Hold(row.Id);
        return [.. rows.Select(OwedOf)];
    }

    /// <summary>Delivers a claimed reply if its turn has an outcome.</summary>
    internal async Task RedeliverAsync(OwedReply owed, CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync(
                owed, async stop => await conversations.GetAsync(owed.Conversation, owed.Turn, stop).ConfigureAwait(false) as TurnSettled, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            LetGo(owed.Id);
        }
    }

    /// <summary>Says that this node still works on what it holds.</summary>
    internal Task RenewAsync(CancellationToken cancellationToken) => _held.IsEmpty ? Task.CompletedTask : _table.RenewAsync([.. _held.Keys], cancellationToken);

    /// <summary>Lets all go that this node holds.</summary>
    internal Task ReleaseAsync(CancellationToken cancellationToken) => _table.ReleaseAsync(cancellationToken);

    private async Task SettleAsync(OwedReply owed, Func<CancellationToken, Task<TurnSettled?>> outcome, CancellationToken cancellationToken)
    {
        try
        {
            if (await outcome(cancellationToken).ConfigureAwait(false) is { } settled) await DeliverAsync(owed, settled, cancellationToken).ConfigureAwait(false);
            else await DeferAsync(owed, owed.Refusals, OutboxRule.NextLook(time.GetUtcNow() - owed.Since, Ids.Jitter()), "", cancellationToken).ConfigureAwait(false);
        }
        catch (TurnRejectedException error)
        {
            // Its conversation was deleted: there is no reply any more, and someone should hear of it.
            await TryAsync(owed, () => ParkAsync(owed, owed.Refusals, error.Message, cancellationToken)).ConfigureAwait(false);
        }
        catch (ConversationsUnavailableException error)
        {
            await TryAsync(owed, () => DeferAsync(owed, owed.Refusals, error.RetryAfter, error.Message, cancellationToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops, and lets go of all that it holds.
        }
        catch (Exception error)
        {
            LogUnfinished(log, owed.Conversation, owed.Turn, error.Message.ReplaceLineEndings(" "));
        }
    }

    private async Task DeliverAsync(OwedReply owed, TurnSettled settled, CancellationToken cancellationToken)
    {
        var carrier = _carriers[owed.Target.Carrier];
        switch (await carrier.CarryAsync(owed, settled, cancellationToken).ConfigureAwait(false))
        {
            case Carriage.Delivered:
                await conversations.AcknowledgeAsync(owed.Conversation, owed.Turn, cancellationToken).ConfigureAwait(false);
                await _table.RemoveAsync(owed.Id).ConfigureAwait(false);
                break;
            case Carriage.Later later:
                await DeferAsync(owed, owed.Refusals, later.After, later.Reason, cancellationToken).ConfigureAwait(false);
                break;
            case Carriage.Refused refused:
                var refusals = owed.Refusals + 1;
                if (carrier.Rule.NextAttempt(refusals, Ids.Jitter()) is { } pause)
                    await DeferAsync(owed, refusals, pause, refused.Reason, cancellationToken).ConfigureAwait(false);
                else
                    await GiveUpAsync(carrier, owed, settled, refusals, refused.Reason, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    private async Task GiveUpAsync(
        IReplyCarrier carrier, OwedReply owed, TurnSettled settled, int refusals, string reason, CancellationToken cancellationToken)
    {
        var why = $"{reason} (refused {refusals} times)";
        if (await carrier.PutAsideAsync(owed, settled, why, cancellationToken).ConfigureAwait(false))
        {
            LogGivenUp(log, owed.Conversation, owed.Turn, carrier.Name, why);
            await _table.RemoveAsync(owed.Id).ConfigureAwait(false);
            return;
        }

        await ParkAsync(owed, refusals, why, cancellationToken).ConfigureAwait(false);
    }

    private async Task ParkAsync(OwedReply owed, int refusals, string reason, CancellationToken cancellationToken)
    {
        LogParked(log, owed.Conversation, owed.Turn, owed.Target.Carrier, reason);
        await _table.ParkAsync(owed.Id, refusals, Short(reason), cancellationToken).ConfigureAwait(false);
    }

    private Task DeferAsync(OwedReply owed, int refusals, TimeSpan after, string reason, CancellationToken cancellationToken) =>
        _table.DeferAsync(owed.Id, refusals, after, Short(reason), cancellationToken);

    // Where the database is away, the row comes back when its lease has passed.
    private async Task TryAsync(OwedReply owed, Func<Task> write)
    {
        try
        {
            await write().ConfigureAwait(false);
        }
        catch (Exception error) when (DatabaseLoss.IsMeantBy(error) || error is OperationCanceledException)
        {
            LogUnfinished(log, owed.Conversation, owed.Turn, error.Message.ReplaceLineEndings(" "));
        }
    }

    private void Hold(string id) => _held.AddOrUpdate(id, 1, static (_, count) => count + 1);

    // The same reply may be worked on twice, where its request was repeated.
    private void LetGo(string id)
    {
        while (_held.TryGetValue(id, out var count))
        {
            if (count == 1 ? _held.TryRemove(KeyValuePair.Create(id, count)) : _held.TryUpdate(id, count - 1, count)) return;
        }
    }

    private static string Short(string reason) => reason.Length <= Limits.MaxReasonLength ? reason : reason[..Limits.MaxReasonLength];

    private static OwedReply OwedOf(OutboxRow row) => new(
        row.Id, ConversationId.Parse(row.Conversation), TurnId.Parse(row.Turn), new ReplyTarget(row.Carrier, row.Address), row.Made, row.Attempts, row.Parked, row.Reason);

    private static async Task InDatabaseAsync(Task work, CancellationToken cancellationToken)
    {
        try
        {
            await work.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (DatabaseLoss.IsMeantBy(error))
        {
            throw new ConversationsUnavailableException($"The outbox's database did not answer: {error.Message.ReplaceLineEndings(" ")}", RetryAfter);
        }
    }

    [LoggerMessage(
        EventId = 520, Level = LogLevel.Warning,
        Message = "The reply of {Conversation} {Turn} is still owed and will be tried again: {Reason}")]
    private static partial void LogUnfinished(ILogger log, ConversationId conversation, TurnId turn, string reason);

    [LoggerMessage(
        EventId = 521, Level = LogLevel.Warning,
        Message = "The reply of {Conversation} {Turn} could not be delivered by {Carrier} and was put aside there: {Reason}")]
    private static partial void LogGivenUp(ILogger log, ConversationId conversation, TurnId turn, string carrier, string reason);

    [LoggerMessage(
        EventId = 522, Level = LogLevel.Error,
        Message = "The reply of {Conversation} {Turn} could not be delivered by {Carrier} and is parked in the outbox: {Reason}")]
    private static partial void LogParked(ILogger log, ConversationId conversation, TurnId turn, string carrier, string reason);
}
