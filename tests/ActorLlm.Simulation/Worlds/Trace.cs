using System.Globalization;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using ActorLlm.Simulation.Checking;

namespace ActorLlm.Simulation.Worlds;

/// <summary>A run in words, for people.</summary>
internal sealed class Trace(Action<string> write)
{
    public void Line(long at, string text) => write(string.Create(CultureInfo.InvariantCulture, $"{at / 1000.0,9:0.000}  {text}"));

    public void Delivered(long at, in Delivery delivery)
    {
        // Told every second or more often, and of no use to a reader.
        if (delivery.Message is LoadReport || delivery.Message.GetType().Name is "Tick" or "Sweep" or "Poll" or "Wake" or "Marks" or "ReadMarks" or "Commit" or "Save") return;
        Line(at, $"{delivery.Target} <- {Describe(delivery.Message)}{(delivery.Sender is { } sender ? $"  from {sender}" : "")}");
    }

    public static string Describe(object message) => message switch
    {
        Routed routed => $"[routed] {Describe(routed.Message)}",
        RunAttempt run => $"RunAttempt {Key(run.Key)}",
        AttemptResult { End: AttemptEnd.Failed failed } result =>
            $"AttemptResult {Key(result.Key)} {failed.Kind} \"{failed.Reason}\"{(failed.RetryAfter is { } wait ? $" retry after {wait}" : "")}",
        AttemptResult result => $"AttemptResult {Key(result.Key)} succeeded",
        Heartbeat beat => $"Heartbeat {Key(beat.Key)}{(beat.Queued ? " queued" : "")}",
        AttemptMessage attempt => $"{attempt.GetType().Name} {Key(attempt.Key)}",
        SubmitTurn submit => $"SubmitTurn {submit.Conversation.Name}/{submit.Turn} {submit.Overlap}{(submit.Deadline is { } wait ? $" deadline {wait}" : "")}",
        ConversationCommand command => $"{command.GetType().Name} {command.Conversation.Name}/{command.Turn}",
        TurnSettled settled => $"TurnSettled {settled.Conversation.Name}/{settled.Turn} {settled.Outcome.GetType().Name}",
        TurnRejected rejected => $"TurnRejected {rejected.Conversation.Name}/{rejected.Turn} {rejected.Code}",
        TurnAnswer answer => $"{answer.GetType().Name} {answer.Conversation.Name}/{answer.Turn}",
        ConversationView view => $"ConversationView {view.Conversation.Name}: {view.TurnsSettled} settled, {view.Pending.Length} pending",
        Parties.Answer answer => $"answer: {Describe(answer.Said)}",
        Parties.Join join => $"join: {Describe(join.Submit)}",
        Parties.Ask ask => $"ask: {Describe(ask.Question)}",
        Parties.WriteDone done => $"write ended: {done.End}",
        Parties.RecoveryJob job => $"recovery, step {job.Stage}{(job.Failed ? ", failed" : "")}",
        Parties.WriteJob job => $"write #{job.FirstSequence}: {string.Join(", ", job.Events.Select(Describe))}",
        Parties.ModelPiece piece => $"piece of {Key(piece.Run.Key)}: \"{piece.Text}\"",
        Parties.ModelEnd end => $"model ended {Key(end.Run.Key)}{(end.Failure is { } failure ? $": {failure.Reason}" : "")}",
        Parties.AttemptClosed closed => $"AttemptClosed {Key(closed.Key)}",
        IWithConversationId to => $"{to.GetType().Name} {to.Conversation.Name}",
        _ => message.ToString() ?? "",
    };

    public static string Describe(Row row) => string.Create(
        CultureInfo.InvariantCulture, $"c{row.Conversation} #{row.Sequence} {Describe(row.Event)} by {row.Writer}");

    public static string Describe(ConversationEvent e) => e switch
    {
        AttemptFailed failed => $"AttemptFailed {e.Turn}/{failed.Attempt} {failed.Kind} \"{failed.Reason}\"",
        ReplyCommitted committed => $"ReplyCommitted {e.Turn}/{committed.Attempt}",
        TurnFailed failed => $"TurnFailed {e.Turn}/{failed.Attempt} {failed.Kind}",
        _ => $"{e.GetType().Name} {e.Turn}",
    };

    private static string Key(AttemptKey key) => $"{key.Conversation.Name}/{key.Turn}/{key.Attempt}";
}
