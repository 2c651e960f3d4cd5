namespace ActorLlm.Chaos.Journal;

internal enum EventKind
{
    Accepted,
    AttemptFailed,
    Committed,
    Failed,
    Cancelled,
    Acknowledged,
    Unknown,
}

/// <summary>One row of the journal, decoded.</summary>
/// <param name="Conversation">The conversation's name without tenant.</param>
/// <param name="SequenceNumber">From 1, without gaps, within the conversation.</param>
/// <param name="Kind">What happened; <see cref="EventKind.Unknown"/> for a manifest or a persistence id that is not known here.</param>
/// <param name="Turn">The turn's id.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Text">The prompt, the reply, the reason; the manifest where that is unknown.</param>
/// <param name="Attempt">The attempt's number where the event has one.</param>
/// <param name="Failure">The kind of failure as stored, where the event has one.</param>
internal sealed record JournalEvent(
    string Conversation, long SequenceNumber, EventKind Kind, string Turn, DateTimeOffset At, string Text, int Attempt = 0, int Failure = 0)
{
    /// <summary>Whether the turn has its outcome with this event.</summary>
    public bool IsTerminal => Kind is EventKind.Committed or EventKind.Failed or EventKind.Cancelled;
}
