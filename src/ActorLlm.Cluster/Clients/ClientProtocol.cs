using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;

namespace ActorLlm.Cluster.Clients;

/// <summary>What a node's client needs.</summary>
/// <param name="Region">The way to every conversation.</param>
/// <param name="AcceptTimeout">How long a turn is sent without an answer before its caller is told that its acceptance is unknown.</param>
/// <param name="Time">The clock.</param>
/// <param name="Random">For jitter.</param>
internal sealed record ClientRuntime(IActorRef Region, TimeSpan AcceptTimeout, TimeProvider Time, Random Random);

/// <summary>Submit a turn, or join its callers.</summary>
internal sealed record Join(SubmitTurn Submit, ITurnSink Sink) : INoSerializationVerificationNeeded;

/// <summary>A caller no longer waits.</summary>
internal sealed record Leave(ConversationId Conversation, TurnId Turn, ITurnSink Sink) : INoSerializationVerificationNeeded;

/// <summary>Let the calls under way come to their end; answered with <see cref="Akka.Done"/> when there are none, and from then on there are none.</summary>
internal sealed record FinishCalls : INoSerializationVerificationNeeded
{
    public static FinishCalls Instance { get; } = new();
}

/// <summary>The conversation refused the turn.</summary>
internal sealed class TurnRefusedException(TurnRejected rejected) : Exception(rejected.Reason)
{
    public TurnRejected Rejected { get; } = rejected;
}

/// <summary>No durable answer came in time.</summary>
internal sealed class AcceptanceUnknownException(TimeSpan waited)
    : Exception($"The conversation gave no durable answer within {waited.TotalSeconds:0.#} s: its database or its node is out of reach. Sending the same turn again is safe.");

/// <summary>The node is shutting down.</summary>
internal sealed class ClientStoppedException()
    : Exception("The node is shutting down. The turn goes on elsewhere; ask again with the same turn id.");
