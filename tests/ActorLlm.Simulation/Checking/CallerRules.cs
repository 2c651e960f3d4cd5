using ActorLlm.Domain.Conversations;

namespace ActorLlm.Simulation.Checking;

/// <summary>What callers were told, held against the final log.</summary>
internal static class CallerRules
{
    public static void Check(History history, Dictionary<int, Log> logs, List<Violation> violations)
    {
        var heardOf = new Dictionary<(int, int, string), long>();
        foreach (var told in history.Told)
        {
            if (told.Answer is TurnPending or TurnSettled) heardOf.TryAdd((told.Caller, told.Conversation, told.Turn), told.At);
            // One that asked before may get an answer from before.
            else if (told.Answer is TurnRejected { Code: RejectionCode.NotFound } && heardOf.GetValueOrDefault((told.Caller, told.Conversation, told.Turn), long.MaxValue) < told.AskedAt)
                violations.Add(new Violation(Rules.NotForgotten, $"c{told.Conversation}: caller {told.Caller} was told at {told.At} ms that there is no {told.Turn}"));
            logs.TryGetValue(told.Conversation, out var log);
            switch (told.Answer)
            {
                case ConversationView view:
                    CheckView(told, view, log, violations);
                    break;
                case TurnRejected rejected:
                    CheckRejected(told, rejected, log, violations);
                    break;
                case TurnPending or TurnSettled:
                    CheckKnown(told, log?.Find(told.Turn), violations);
                    break;
            }
        }
    }

    private static void CheckKnown(Told told, LoggedTurn? turn, List<Violation> violations)
    {
        void Report(string rule, string detail) => violations.Add(
            new Violation(rule, $"c{told.Conversation}: caller {told.Caller} was told {told.Answer.GetType().Name} of {told.Turn} at {told.At} ms; {detail}"));

        if (turn is null || turn.Accepted.At > told.At)
        {
            Report(Rules.ToldIsDurable, turn is null ? "it is not in the journal" : $"it was accepted in the journal at {turn.Accepted.At} ms");
            return;
        }

        if (told.Content is { } content && content != turn.Content)
            Report(content == "oversize" ? Rules.OversizeRefused : Rules.IdNotReused, $"it had sent \"{content}\"; accepted was \"{turn.Content}\"");
        if (told.Answer is not TurnSettled settled) return;
        if (turn.Terminal is not { } terminal || terminal.At > told.At)
        {
            Report(Rules.ToldIsDurable, turn.Terminal is null ? "it has no outcome in the journal" : $"its outcome was durable at {turn.Terminal.At} ms");
            return;
        }

        if (!IsOutcome(terminal.Event, settled.Outcome)) Report(Rules.OutcomeIsFinal, $"the journal says #{terminal.Sequence} {terminal.Event.GetType().Name}");
        if (told.Shown is { } shown && !told.Diverged && settled.Outcome is Outcome.Committed { Reply.Text: var text } && shown != text)
            Report(Rules.StreamMatches, $"its stream showed \"{shown}\", the reply is \"{text}\"");
    }

    private static bool IsOutcome(ConversationEvent terminal, Outcome outcome) => (terminal, outcome) switch
    {
        (ReplyCommitted committed, Outcome.Committed told) => committed.Reply.Text == told.Reply.Text,
        (TurnFailed failed, Outcome.Failed told) => failed.Kind == told.Kind && failed.Reason == told.Reason,
        (TurnCancelled cancelled, Outcome.Cancelled told) => cancelled.By == told.By,
        _ => false,
    };

    private static void CheckRejected(Told told, TurnRejected rejected, Log? log, List<Violation> violations)
    {
        var turn = log?.Find(told.Turn);
        // The id was given away before this caller's own content had a chance: only then may it be refused as used.
        if (rejected.Code == RejectionCode.TurnIdReused && told.Content is { } content && turn is not null && turn.Content == content)
        {
            violations.Add(new Violation(
                Rules.IdNotReused, $"c{told.Conversation}: caller {told.Caller} was told at {told.At} ms that {told.Turn} is used with other content; it is used with the caller's"));
        }
    }

    private static void CheckView(Told told, ConversationView view, Log? log, List<Violation> violations)
    {
        void Report(string detail) => violations.Add(
            new Violation(Rules.ViewIsPrefix, $"c{told.Conversation}: caller {told.Caller} saw at {told.At} ms {detail}"));

        var turns = log?.Turns ?? [];
        var committed = turns.Where(turn => turn.Terminal?.Event is ReplyCommitted).OrderBy(turn => turn.Terminal!.Sequence).ToArray();
        for (var i = 0; i < view.History.Length; i++)
        {
            var seen = view.History[i];
            if (i >= committed.Length || committed[i].Id != seen.Turn.Value || committed[i].Terminal!.At > told.At
                || ((ReplyCommitted)committed[i].Terminal!.Event).Reply.Text != seen.Reply?.Text)
            {
                Report($"{seen.Turn} as exchange {i}; the final log has {(i < committed.Length ? committed[i].Id : "none")} there");
                return;
            }
        }

        // Some prefix of the log must have left just these turns pending and this number settled.
        var known = turns.Where(turn => turn.Accepted.At <= told.At).Take((int)view.TurnsSettled + view.Pending.Length).ToArray();
        if (known.Length != view.TurnsSettled + view.Pending.Length)
            Report($"{view.TurnsSettled} settled and {view.Pending.Length} pending turns; {known.Length} were accepted");
        else if (!known.Where(turn => view.Pending.Any(id => id.Value == turn.Id)).Select(turn => turn.Id).SequenceEqual(view.Pending.Select(id => id.Value)))
            Report($"pending {string.Join(", ", view.Pending)}; accepted were {string.Join(", ", known.Select(turn => turn.Id))}");
    }
}
