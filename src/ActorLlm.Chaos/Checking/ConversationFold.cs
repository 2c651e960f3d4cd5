using ActorLlm.Chaos.Journal;

namespace ActorLlm.Chaos.Checking;

/// <summary>Folds the events of one conversation, in their order, and reports what contradicts itself in the journal alone.</summary>
/// <param name="report">Takes a violation.</param>
internal sealed class ConversationFold(Action<ViolationKind, JournalEvent, string> report)
{
    private readonly List<string> _pending = [];

    /// <summary>The first acceptance of each turn.</summary>
    public Dictionary<string, JournalEvent> Accepted { get; } = [];

    /// <summary>The first terminal event of each turn.</summary>
    public Dictionary<string, JournalEvent> Ended { get; } = [];

    public List<JournalEvent> AcceptanceOrder { get; } = [];

    /// <summary>The replies that became part of the conversation.</summary>
    public List<JournalEvent> CommitOrder { get; } = [];

    public void Apply(JournalEvent e)
    {
        switch (e)
        {
            case { Kind: EventKind.Accepted }:
                Accept(e);
                break;
            case { IsTerminal: true }:
                End(e);
                break;
            case { Kind: EventKind.Unknown }:
                report(ViolationKind.Unexpected, e, $"nothing is known of the {e.Text}");
                break;
            case { Kind: EventKind.AttemptFailed } when !_pending.Contains(e.Turn):
                report(ViolationKind.Unexpected, e, "an attempt failed at a turn that is not unfinished");
                break;
        }
    }

    private void Accept(JournalEvent e)
    {
        if (!Accepted.TryAdd(e.Turn, e))
        {
            report(ViolationKind.Duplicated, e, "it was accepted twice");
            return;
        }
        AcceptanceOrder.Add(e);
        _pending.Add(e.Turn);
    }

    private void End(JournalEvent e)
    {
        if (!Accepted.ContainsKey(e.Turn))
        {
            report(ViolationKind.Lost, e, "it has an outcome, and its acceptance is gone");
            return;
        }
        if (!Ended.TryAdd(e.Turn, e))
        {
            report(ViolationKind.Duplicated, e, "it has two outcomes");
            return;
        }
        if (_pending[0] != e.Turn)
            report(ViolationKind.Reordered, e, $"it was settled before {_pending[0]}, which was accepted earlier");
        _pending.Remove(e.Turn);
        if (e.Kind == EventKind.Committed)
            CommitOrder.Add(e);
    }
}
