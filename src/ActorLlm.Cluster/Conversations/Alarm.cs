using Akka.Actor;

namespace ActorLlm.Cluster.Conversations;

/// <summary>
/// One timer for an actor, set lazily: an alarm that rings too early finds nothing to do and is set again. So a busy conversation does not
/// start and cancel a timer with every message.
/// </summary>
internal sealed class Alarm(IScheduler scheduler, IActorRef self)
{
    private ICancelable? _timer;
    private DateTimeOffset _at;

    /// <summary>Rings at a time or before it.</summary>
    public void SetNoLaterThan(DateTimeOffset at, DateTimeOffset now)
    {
        if (_timer is not null && _at <= at) return;
        _timer?.Cancel();
        _at = at;
        _timer = scheduler.ScheduleTellOnceCancelable(at > now ? at - now : TimeSpan.Zero, self, Rang.Instance, self);
    }

    /// <summary>Nothing rings until it is set again.</summary>
    public void Clear()
    {
        _timer?.Cancel();
        _timer = null;
    }

    /// <summary>What the actor is told.</summary>
    internal sealed record Rang : INotInfluenceReceiveTimeout
    {
        public static Rang Instance { get; } = new();
    }
}
