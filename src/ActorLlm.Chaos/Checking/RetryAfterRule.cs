using ActorLlm.Chaos.Journal;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Checking;

/// <summary>
/// The model's own record holds: no call of a turn comes sooner than its Retry-After asked. Only turns count whose every call is an attempt
/// that the journal knows; a worker that is lost with the answer takes the wish to wait with it.
/// </summary>
internal static class RetryAfterRule
{
    // As stored; see FailureKind in src/ActorLlm.Domain.
    private const int ProviderFailure = 2;

    public static IEnumerable<Violation> Check(IEnumerable<JournalEvent> journal, ModelCalls calls)
    {
        foreach (var turn in journal.GroupBy(e => (e.Conversation, e.Turn)))
        {
            var made = calls.ByTurn.GetValueOrDefault(turn.Key.Turn);
            var failures = turn.Where(e => e.Kind == EventKind.AttemptFailed).ToArray();
            if (made.Early > 0 && made.Started <= failures.Length + 1 && failures.All(e => e.Failure == ProviderFailure))
            {
                yield return new Violation(
                    ViolationKind.Unexpected, turn.Key.Conversation, turn.Key.Turn,
                    $"the model was called sooner than its Retry-After asked, {made.Early} of {made.Started} times");
            }
        }
    }
}
