using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Reporting;

/// <summary>What the model was asked more than once for.</summary>
/// <param name="FurtherCalls">Calls beyond the first of each committed turn; calls that were answered with an error cost nothing and are left out.</param>
/// <param name="FurtherTokens">Their tokens, in and out; a call that broke off counts as whole, so it is the most that can have been spent.</param>
/// <param name="Tokens">The tokens of one call for each committed turn.</param>
internal sealed record Spending(long FurtherCalls, long FurtherTokens, long Tokens)
{
    public static Spending Of(IEnumerable<JournalEvent> journal, ModelCalls calls, ReplyOracle model)
    {
        var spent = new Spending(0, 0, 0);
        foreach (var conversation in journal.GroupBy(e => e.Conversation))
        {
            var prompts = conversation.Where(e => e.Kind == EventKind.Accepted).DistinctBy(e => e.Turn).ToDictionary(e => e.Turn, e => e.Text);
            var history = new List<(string Prompt, string Reply)>();
            foreach (var committed in conversation.Where(e => e.Kind == EventKind.Committed).OrderBy(e => e.SequenceNumber))
            {
                var prompt = prompts.GetValueOrDefault(committed.Turn, "");
                var tokens = model.Tokens(history, prompt);
                var turn = calls.ByTurn.GetValueOrDefault(committed.Turn);
                var further = Math.Max(0, turn.Started - turn.Refused - 1);
                spent = new Spending(spent.FurtherCalls + further, spent.FurtherTokens + (further * tokens), spent.Tokens + tokens);
                history.Add((prompt, committed.Text));
            }
        }
        return spent;
    }
}
