using ActorLlm.Domain;
using Akka.Actor;

namespace ActorLlm.Cluster.Conversations;

/// <summary>Makes a conversation's actor by its constructor. Props of an expression would compile that expression for every conversation that starts.</summary>
internal sealed class ConversationProps(ConversationId id, ConversationRuntime runtime) : IIndirectActorProducer
{
    public Type ActorType => typeof(ConversationActor);

    public static Props Of(ConversationId id, ConversationRuntime runtime) => Props.CreateBy(new ConversationProps(id, runtime));

    public ActorBase Produce() => new ConversationActor(id, runtime);

    public void Release(ActorBase actor)
    {
    }
}
