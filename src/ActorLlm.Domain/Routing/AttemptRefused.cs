using ActorLlm.Domain.Conversations;

namespace ActorLlm.Domain.Routing;

/// <summary>The worker is full or shutting down and has not taken the attempt: worker to dispatcher.</summary>
public sealed record AttemptRefused(AttemptKey Key) : AttemptMessage(Key);
