using ActorLlm.Cluster;
using Akka.Actor;

namespace ActorLlm.Hosting;

/// <summary>Opens once the actor system has started; callers wait before it.</summary>
internal sealed class ClusterDoor
{
    private readonly TaskCompletionSource<(ActorSystem System, NodeRefs Refs)> _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open(ActorSystem system, NodeRefs refs) => _open.TrySetResult((system, refs));

    public async ValueTask<NodeRefs> EnterAsync(CancellationToken cancellationToken) =>
        _open.Task.IsCompletedSuccessfully ? _open.Task.Result.Refs : (await _open.Task.WaitAsync(cancellationToken).ConfigureAwait(false)).Refs;

    /// <summary>The actor system, or null while it has not started.</summary>
    public ActorSystem? System => _open.Task.IsCompletedSuccessfully ? _open.Task.Result.System : null;
}
