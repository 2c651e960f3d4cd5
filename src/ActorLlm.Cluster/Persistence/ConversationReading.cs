using System.Runtime.CompilerServices;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Reads a whole conversation from the journal: first where its turns are, then one turn after another.</summary>
internal sealed class ConversationReading
{
    private readonly RecoveryReader _reader;
    private readonly Akka.Serialization.Serialization _serialization;
    private readonly string _persistenceId;
    private readonly ExportIndex _index;

    private ConversationReading(
        RecoveryReader reader, Akka.Serialization.Serialization serialization, string persistenceId, ExportIndex index, ExportedConversation head) =>
        (_reader, _serialization, _persistenceId, _index, Head) = (reader, serialization, persistenceId, index, head);

    /// <summary>The conversation itself.</summary>
    public ExportedConversation Head { get; }

    /// <summary>Looks where the turns are; null where there is no conversation, or it was deleted.</summary>
    public static async Task<ConversationReading?> OpenAsync(
        RecoveryReader reader, Akka.Serialization.Serialization serialization, ConversationId conversation, CancellationToken cancellationToken = default)
    {
        var (persistenceId, index) = (ConversationActor.IdOf(conversation), new ExportIndex());
        await reader.ReadEventsAsync(
            persistenceId, 1, long.MaxValue, long.MaxValue, row => index.Add(row.SequenceNumber, EventOf(serialization, row)), cancellationToken).ConfigureAwait(false);
        return index is { CreatedAt: { } createdAt, IsDeleted: false }
            ? new ConversationReading(
                reader, serialization, persistenceId, index, new ExportedConversation(conversation.Value, createdAt, index.Metadata, index.Turns.Count))
            : null;
    }

    /// <summary>The turns, in the order in which they were accepted.</summary>
    public async IAsyncEnumerable<ExportedTurn> TurnsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var place in _index.Turns)
        {
            var accepted = await ReadAsync(place.AcceptedNr, cancellationToken).ConfigureAwait(false);
            yield return Exported(place, accepted, place.SettledNr == 0 ? null : await ReadAsync(place.SettledNr, cancellationToken).ConfigureAwait(false));
        }
    }

    private ExportedTurn Exported(ExportIndex.Place place, ConversationEvent accepted, ConversationEvent? settled)
    {
        var content = accepted is ItemsAdded added ? AddItems.ContentOf(added.Messages) : ((TurnAccepted)accepted).Content;
        var left = new Exchange(place.Turn, content.Messages, (settled as ReplyCommitted)?.Reply) { Deleted = [.. place.Deleted] }.Shown();
        var (state, outcome) = settled switch
        {
            null => (_index.StateOf(place), ""),
            ReplyCommitted committed => (TurnState.Committed, committed.Reply.FinishReason),
            TurnFailed failed => (TurnState.Failed, failed.Reason),
            TurnCancelled cancelled => (TurnState.Cancelled, cancelled.By switch
            {
                CancelledBy.LaterTurn => "by a later turn",
                CancelledBy.Parent => "with the turn that asked for it",
                _ => "at a client's request",
            }),
            _ => (TurnState.Recorded, ""),
        };
        return new ExportedTurn(
            place.Turn.Value, state, accepted.At, settled?.At, place.AcknowledgedAt, place.FailedAttempts, outcome, content with { Messages = left.Messages }, left.Reply);
    }

    private async Task<ConversationEvent> ReadAsync(long sequenceNr, CancellationToken cancellationToken)
    {
        ConversationEvent? found = null;
        await _reader.ReadEventsAsync(_persistenceId, sequenceNr, sequenceNr, 1, row => found = EventOf(_serialization, row), cancellationToken).ConfigureAwait(false);
        return found ?? throw new InvalidDataException($"{_persistenceId} has no event at sequence number {sequenceNr} any more.");
    }

    private static ConversationEvent EventOf(Akka.Serialization.Serialization serialization, JournalRow row) =>
        (ConversationEvent)serialization.Deserialize(row.Message, row.Identifier, row.Manifest);
}
