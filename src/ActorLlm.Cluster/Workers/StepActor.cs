using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using Akka.Actor;

namespace ActorLlm.Cluster.Workers;

/// <summary>Says to a conversation what a module does, until it answers.</summary>
/// <param name="Message"><see cref="BeginStep"/> or <see cref="EndStep"/>.</param>
/// <param name="Step">The step's key.</param>
/// <param name="Answer">Where the answer goes: <see cref="StepStanding"/> or <see cref="StepRefused"/>.</param>
/// <param name="Stop">Whoever asked no longer waits; an outcome is said all the same.</param>
internal sealed record StepWord(AttemptMessage Message, string Step, TaskCompletionSource<AttemptMessage> Answer, CancellationToken Stop) : INoSerializationVerificationNeeded
{
    /// <summary>Whether this answers it. One to what was said before of the same step may come late.</summary>
    public bool IsAnsweredBy(AttemptMessage answer) => answer switch
    {
        StepRefused refused => refused.Step == Step,
        StepStanding standing when standing.Step != Step => false,
        StepStanding { End: not null } => true,
        StepStanding standing => Message is BeginStep begin && (!begin.Again || standing.BegunBy == begin.Key.Attempt),
        _ => false,
    };
}

/// <summary>Speaks for the modules of one node's worker: sends each word on a step through the shard region again and again until it is answered.</summary>
internal sealed class StepActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(200);

    private readonly IActorRef _region;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly Dictionary<(AttemptKey Attempt, string Step), Asked> _asked = [];

    public StepActor(IActorRef region, TimeProvider time, Random random) => (_region, _time, _random) = (region, time, random);

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Sweep), Sweep.Instance, SweepInterval);

    protected override void PostStop()
    {
        foreach (var asked in _asked.Values) asked.Word.Answer.TrySetCanceled();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StepWord word:
                // Of one step of an attempt one thing is said at a time.
                var asked = _asked[(word.Message.Key, word.Step)] = new Asked(word);
                Send(asked);
                break;
            case StepStanding standing:
                Take(standing, standing.Step);
                break;
            case StepRefused refused:
                Take(refused, refused.Step);
                break;
            case Sweep when _asked.Count > 0:
                SweepAsked();
                break;
        }
    }

    private void Take(AttemptMessage answer, string step)
    {
        if (!_asked.TryGetValue((answer.Key, step), out var asked) || !asked.Word.IsAnsweredBy(answer)) return;
        _asked.Remove((answer.Key, step));
        asked.Word.Answer.TrySetResult(answer);
    }

    private void SweepAsked()
    {
        var now = _time.GetUtcNow();
        foreach (var (key, asked) in _asked)
        {
            // What a tool did is said although its attempt is over: the next one is better told.
            if (asked.Word is { Message: BeginStep, Stop.IsCancellationRequested: true }) _asked.Remove(key);
            else if (asked.AskAt <= now) Send(asked);
        }
    }

    private void Send(Asked asked)
    {
        asked.AskAt = _time.GetUtcNow() + Backoff.Delay(++asked.Sends, Limits.ResendMin, Limits.ResendMax, _random.NextDouble());
        _region.Tell(asked.Word.Message, Self);
    }

    private sealed class Asked(StepWord word)
    {
        public StepWord Word { get; } = word;

        public int Sends { get; set; }

        public DateTimeOffset AskAt { get; set; }
    }

    private sealed record Sweep
    {
        public static Sweep Instance { get; } = new();
    }
}
