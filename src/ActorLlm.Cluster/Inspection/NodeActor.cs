using ActorLlm.Cluster.Conversations;
using ActorLlm.Domain.Routing;
using Akka.Actor;

namespace ActorLlm.Cluster.Inspection;

/// <summary>Whether an operator drains this node: its readiness says so. The flag lives as long as the process.</summary>
public sealed class NodeDrain
{
    private volatile bool _draining;

    /// <summary>Whether it is being drained, or is drained.</summary>
    public bool IsDraining
    {
        get => _draining;
        internal set => _draining = value;
    }
}

/// <summary>Takes an operator's orders and questions for its node, whatever the node's roles are; what concerns the worker is the worker's to answer.</summary>
internal sealed class NodeActor(NodeDrain drain, IActorRef worker, TimeProvider time) : UntypedActor
{
    public const string Name = "actorllm-node";

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DrainNode:
                drain.IsDraining = true;
                Answer(message);
                break;
            case ResumeNode:
                drain.IsDraining = false;
                Answer(message);
                break;
            case GetNodeStanding:
                Answer(message);
                break;
        }
    }

    private void Answer(object message)
    {
        if (worker.IsNobody()) Sender.Tell(new NodeStanding(time.NowInMilliseconds(), 0, drain.IsDraining));
        else worker.Forward(message);
    }
}
