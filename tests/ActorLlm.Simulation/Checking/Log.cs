using ActorLlm.Domain.Conversations;

namespace ActorLlm.Simulation.Checking;

/// <summary>A turn as the journal tells it.</summary>
internal sealed class LoggedTurn
{
    public required string Id { get; init; }

    public required Row Accepted { get; init; }

    public required string Content { get; init; }

    public Row? Terminal { get; set; }

    public List<Row> Failures { get; } = [];
}

/// <summary>The journal of one conversation, read in the order of its numbers and checked while it is read.</summary>
internal sealed class Log
{
    private const int MaxContentFailures = 3;

    private readonly List<LoggedTurn> _turns = [];
    private readonly int _conversation;
    private readonly List<Violation> _violations;

    private Log(int conversation, List<Violation> violations) => (_conversation, _violations) = (conversation, violations);

    /// <summary>The turns in the order of acceptance.</summary>
    public IReadOnlyList<LoggedTurn> Turns => _turns;

    public LoggedTurn? Find(string turn) => _turns.Find(known => known.Id == turn);

    public static Log Read(int conversation, IEnumerable<Row> rows, List<Violation> violations)
    {
        var log = new Log(conversation, violations);
        var expected = 0L;
        foreach (var row in rows.OrderBy(row => row.Sequence).ThenBy(row => row.Ordering))
        {
            if (row.Sequence != ++expected) log.Report(Rules.SequenceUnique, $"#{row.Sequence} stands where #{expected} is expected");
            expected = row.Sequence;
            log.Add(row);
        }

        return log;
    }

    private void Add(Row row)
    {
        var id = row.Event.Turn.Value;
        var turn = Find(id);
        switch (row.Event)
        {
            case TurnAccepted accepted when turn is null:
                _turns.Add(new LoggedTurn { Id = id, Accepted = row, Content = accepted.Content.Messages[0].Text });
                return;
            case TurnAccepted:
                Report(Rules.AcceptedOnce, $"#{row.Sequence} accepts {id} again");
                return;
        }

        if (turn is null)
        {
            Report(Rules.OneOutcome, $"#{row.Sequence} {row.Event.GetType().Name} names {id}, which was never accepted");
        }
        else if (row.Event is ReplyAcknowledged)
        {
            if (turn.Terminal is null) Report(Rules.OneOutcome, $"#{row.Sequence} acknowledges {id}, which has no outcome");
        }
        else if (turn.Terminal is { } terminal)
        {
            Report(Rules.OneOutcome, $"#{row.Sequence} {row.Event.GetType().Name} follows {id}'s terminal event #{terminal.Sequence}");
        }
        else
        {
            AddToUnfinished(turn, row);
        }
    }

    private void AddToUnfinished(LoggedTurn turn, Row row)
    {
        var head = _turns.Find(known => known.Terminal is null)!;
        if (row.Event is ReplyCommitted or AttemptFailed && head != turn)
            Report(Rules.CommittedInOrder, $"#{row.Sequence} {row.Event.GetType().Name} is for {turn.Id} while {head.Id} was accepted before and is unfinished");
        switch (row.Event)
        {
            case AttemptFailed failed:
                if (turn.Failures.Count > 0 && turn.Failures[^1].Event is AttemptFailed last && failed.Attempt <= last.Attempt)
                    Report(Rules.AttemptsCount, $"#{row.Sequence} fails attempt {failed.Attempt} of {turn.Id} after attempt {last.Attempt}");
                turn.Failures.Add(row);
                if (turn.Failures.Count(known => known.Event is AttemptFailed { Kind: FailureKind.Content }) >= MaxContentFailures)
                    Report(Rules.ContentBound, $"#{row.Sequence} lets {turn.Id} go on after {MaxContentFailures} failures for its content");
                return;
            case TurnFailed { Kind: FailureKind.Deadline } when turn.Accepted.Event is TurnAccepted accepted && !(accepted.Deadline <= row.Event.At):
                Report(Rules.NoEarlyDeadline, $"#{row.Sequence} fails {turn.Id} at {row.Event.At:O}; its deadline is {accepted.Deadline:O}");
                break;
        }

        turn.Terminal = row;
    }

    private void Report(string rule, string detail) => _violations.Add(new Violation(rule, $"c{_conversation}: {detail}"));
}
