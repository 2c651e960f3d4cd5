using ActorLlm.Serialization;
using Akka.Actor;

namespace ActorLlm.Simulation.Worlds;

/// <summary>The real serializer: what is sent or stored comes back from its bytes.</summary>
internal static class Wire
{
    private static readonly ActorLlmSerializer Serializer = new((ExtendedActorSystem)ActorSystem.Create("wire"));
    private static readonly HashSet<Type> Types = [.. ActorLlmSerializer.Types];

    /// <summary>The message as its receiver reads it; a message between simulated parties only passes as it is.</summary>
    public static object Through(object message) => message switch
    {
        Routed routed => routed with { Message = (Domain.Conversations.IWithConversationId)Through(routed.Message) },
        _ when Types.Contains(message.GetType()) => Serializer.FromBinary(Serializer.ToBinary(message), Serializer.Manifest(message)),
        _ => message,
    };
}
