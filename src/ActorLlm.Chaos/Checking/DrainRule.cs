using ActorLlm.Chaos.Ledger;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Checking;

/// <summary>
/// A node that is told to end, and is given the time for it, costs nobody anything: no turn is executed a second time, and every request succeeds for a client
/// that does no more than the OpenAI clients do by themselves, which is to send again, twice, what was refused before its answer began.
/// </summary>
internal static class DrainRule
{
    /// <summary>What OpenAI's clients try again by default.</summary>
    private const int Retries = 2;

    /// <param name="turns">What the clients saw, in a run in which nodes were told to end and nothing else befell them.</param>
    /// <param name="calls">The model's own record; null where it keeps none.</param>
    public static IEnumerable<Violation> Check(IEnumerable<TurnRecord> turns, ModelCalls? calls)
    {
        foreach (var turn in turns)
        {
            if (turn.Broken > 0)
                yield return Violation(turn, "an answer broke off after it had begun, which no client sends again by itself");
            if (turn.Failures.Count > Retries)
                yield return Violation(turn, $"its request was refused {turn.Failures.Count} times, and a client gives up after {Retries} retries");
            if (calls is not null && calls.ByTurn.GetValueOrDefault(turn.Key) is var made && made.Started - made.Refused > 1)
                yield return Violation(turn, $"the model was called {made.Started - made.Refused} times for it though no node was lost");
        }
    }

    private static Violation Violation(TurnRecord turn, string text) => new(ViolationKind.Unexpected, turn.Conversation, turn.Key, text);
}
