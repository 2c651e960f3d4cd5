using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Akka.Event;

namespace ActorLlm.Cluster.Conversations;

/// <summary>How far the journal goes, asked for in doubt: lookup to conversation.</summary>
/// <param name="Highest">The last sequence number in it.</param>
/// <param name="Otherwise">What the client is told if the conversation knows as much.</param>
internal sealed record JournalReaches(long Highest, TurnRejected? Otherwise);

/// <summary>What a conversation looks up in the journal while it lives. While the database is away nothing is sent, and who asked asks again.</summary>
internal sealed class Lookup(ConversationId id, string persistenceId, int unfinished, IReplyArchive journal, ILoggingAdapter log)
{
    /// <summary>Reads a reply back and sends it.</summary>
    public async Task TellSettledAsync(TurnId turn, SettledTurn settled, IActorRef client, IActorRef self)
    {
        try
        {
            client.Tell(await SettledAsync(turn, settled).ConfigureAwait(false), self);
        }
        catch (Exception error)
        {
            log.Warning("{ConversationId}: the reply of {TurnId} could not be read back: {Reason}", id, turn, error.Message);
        }
    }

    /// <summary>Reads back what was asked and what became of it, and sends it.</summary>
    public async Task TellRecordAsync(TurnId turn, SettledTurn settled, IActorRef client, IActorRef self)
    {
        try
        {
            TurnAnswer answer = await journal.ReadAcceptanceAsync(persistenceId, settled.AcceptedNr).ConfigureAwait(false) is { } accepted
                ? new TurnRecord(await SettledAsync(turn, settled).ConfigureAwait(false), accepted.Content, accepted.At)
                : new TurnRejected(id, turn, RejectionCode.NotFound, $"What was asked in the turn {turn} is no longer known.");
            client.Tell(answer, self);
        }
        catch (Exception error)
        {
            log.Warning("{ConversationId}: the turn {TurnId} could not be read back: {Reason}", id, turn, error.Message);
        }
    }

    /// <summary>
    /// Asks how far the journal goes, when what came does not fit what this incarnation knows. Another one may have written meanwhile, and
    /// as long as this one has nothing to write no index would tell it: one that is behind ends, to start again from the journal.
    /// </summary>
    /// <param name="otherwise">What the client is told if it is not behind.</param>
    /// <param name="client">Who was refused; the answer, <see cref="JournalReaches"/>, comes in its name.</param>
    /// <param name="self">The conversation.</param>
    public async Task AskReachAsync(TurnRejected? otherwise, IActorRef client, IActorRef self)
    {
        try
        {
            self.Tell(new JournalReaches(await journal.HighestAsync(persistenceId).ConfigureAwait(false), otherwise), client);
        }
        catch (Exception error)
        {
            log.Warning("{ConversationId}: the journal could not be asked how far it goes: {Reason}", id, error.Message);
        }
    }

    private async Task<TurnSettled> SettledAsync(TurnId turn, SettledTurn settled)
    {
        var outcome = settled.Ending ?? new Outcome.Committed(await journal.ReadAsync(persistenceId, settled.SequenceNr).ConfigureAwait(false));
        return new TurnSettled(id, turn, outcome, settled.Attempts, settled.Acknowledged, settled.At)
        {
            ContentCheck = (ulong)settled.Fingerprint,
            Unfinished = unfinished,
        };
    }
}
