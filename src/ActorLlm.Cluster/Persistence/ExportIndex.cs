using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Where in a conversation's journal its turns are. Holds numbers and ids, and no text.</summary>
internal sealed class ExportIndex
{
    private readonly Dictionary<TurnId, Place> _places = [];
    private readonly List<Place> _order = [];

    /// <summary>One turn.</summary>
    public sealed class Place(TurnId turn, long acceptedNr)
    {
        public TurnId Turn => turn;

        public long AcceptedNr => acceptedNr;

        /// <summary>Where its outcome is; 0 while it has none.</summary>
        public long SettledNr { get; set; }

        public int FailedAttempts { get; set; }

        public DateTimeOffset? AcknowledgedAt { get; set; }

        /// <summary>Positions of its items that were taken out, in rising order.</summary>
        public SortedSet<int> Deleted { get; } = [];
    }

    /// <summary>Whether the conversation was deleted.</summary>
    public bool IsDeleted { get; private set; }

    /// <summary>When the first event happened; null while there was none.</summary>
    public DateTimeOffset? CreatedAt { get; private set; }

    public string Metadata { get; private set; } = "";

    /// <summary>The turns in the order in which they were accepted.</summary>
    public IReadOnlyList<Place> Turns => _order;

    /// <summary>Takes in the next event.</summary>
    public void Add(long sequenceNr, ConversationEvent happened)
    {
        CreatedAt ??= happened.At;
        switch (happened)
        {
            case TurnAccepted or ItemsAdded:
                Begin(sequenceNr, happened);
                break;
            case ConversationDescribed described:
                Metadata = described.Metadata;
                break;
            case ConversationDeleted:
                IsDeleted = true;
                break;
            case TurnDeleted when _places.Remove(happened.Turn, out var gone):
                _order.Remove(gone);
                break;
            default:
                if (_places.TryGetValue(happened.Turn, out var place)) Go(place, sequenceNr, happened);
                break;
        }
    }

    /// <summary>How a turn stands without an outcome.</summary>
    public TurnState StateOf(Place unsettled) => _order.First(place => place.SettledNr == 0) == unsettled ? TurnState.Running : TurnState.Waiting;

    private void Begin(long sequenceNr, ConversationEvent happened)
    {
        var place = new Place(happened.Turn, sequenceNr) { SettledNr = happened is ItemsAdded ? sequenceNr : 0 };
        // An id that was forgotten may have come again.
        _places[happened.Turn] = place;
        _order.Add(place);
    }

    private static void Go(Place place, long sequenceNr, ConversationEvent happened)
    {
        switch (happened)
        {
            case AttemptFailed: place.FailedAttempts++; break;
            case ItemDeleted deleted: place.Deleted.Add(deleted.Position); break;
            case ReplyAcknowledged: place.AcknowledgedAt ??= happened.At; break;
            case ReplyCommitted or TurnFailed or TurnCancelled: place.SettledNr = sequenceNr; break;
        }
    }
}
