using ActorLlm.Backends;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Workers;

/// <summary>What is noted of an attempt while it runs. The run writes it, and its worker may read it at any time.</summary>
/// <param name="node">The worker's node, <c>host:port</c>.</param>
/// <param name="takenAt">When the worker took it.</param>
internal sealed class RunTrace(string node, DateTimeOffset takenAt)
{
    private volatile Call? _call;

    /// <summary>The backend is called.</summary>
    public void Called(ResolvedBackend backend, DateTimeOffset at) => _call = new Call(backend, at, null, null);

    /// <summary>Text came; only the first is noted.</summary>
    public void Spoke(TimeProvider time)
    {
        if (_call is { FirstTextAt: null } call) _call = call with { FirstTextAt = time.NowInMilliseconds() };
    }

    /// <summary>The backend has counted, or not yet.</summary>
    public void Counted(UsageDetails? usage)
    {
        if (usage is not null && _call is { } call) _call = call with { Usage = usage };
    }

    /// <summary>The trace of the attempt that ends now.</summary>
    /// <param name="endedAt">Now.</param>
    /// <param name="replied">Whether there is a reply, which says itself who made it and what it used.</param>
    public AttemptTrace Until(DateTimeOffset endedAt, bool replied)
    {
        var call = _call;
        var trace = new AttemptTrace(node) { TakenAt = takenAt, CalledAt = call?.At, FirstTextAt = call?.FirstTextAt, EndedAt = endedAt };
        return call is null || replied ? trace : trace with
        {
            Backend = call.Backend.Backend,
            Model = call.Backend.Model,
            InputTokens = call.Usage?.InputTokenCount,
            OutputTokens = call.Usage?.OutputTokenCount,
        };
    }

    private sealed record Call(ResolvedBackend Backend, DateTimeOffset At, DateTimeOffset? FirstTextAt, UsageDetails? Usage);
}
