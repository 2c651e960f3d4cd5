using ActorLlm.Cluster;
using Akka.Actor;

namespace ActorLlm.Hosting;

/// <summary>Opens once the actor system has started; callers wait before it. What they wait for behind it ends with the system.</summary>
// The source below has no timer, and callers may still come when the host has been disposed of.
#pragma warning disable CA1001
internal sealed class ClusterDoor
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<(ActorSystem System, NodeRefs Refs)> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancelled when the actor system has ended: nothing that is sent from then on is ever answered.</summary>
    public CancellationToken Ended => _ended.Token;

    public void Open(ActorSystem system, NodeRefs refs)
    {
        _open.TrySetResult((system, refs));
        system.WhenTerminated.ContinueWith(_ => _ended.Cancel(), TaskScheduler.Default);
    }

    /// <exception cref="TimeoutException">The actor system did not start in time.</exception>
    public async ValueTask<NodeRefs> EnterAsync(TimeSpan patience, CancellationToken cancellationToken) =>
        _open.Task.IsCompletedSuccessfully ? _open.Task.Result.Refs : (await _open.Task.WaitAsync(patience, cancellationToken).ConfigureAwait(false)).Refs;

    /// <summary>Whether an operator drains this node.</summary>
    public bool IsDraining => _open.Task.IsCompletedSuccessfully && _open.Task.Result.Refs.Drain.IsDraining;

    /// <summary>The actor system, or null while it has not started.</summary>
    public ActorSystem? System => _open.Task.IsCompletedSuccessfully ? _open.Task.Result.System : null;
}
