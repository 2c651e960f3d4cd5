using Akka.Hosting;

namespace ActorLlm.Hosting;

/// <summary>
/// Something of the host's own for the actor system that <see cref="ActorLlmHostingExtensions.AddActorLlm"/> makes: register any number of them as
/// services. They are run in their order, after ActorLlm's own set-up.
/// </summary>
/// <param name="Configure">Adds to the set-up.</param>
public sealed record AkkaSetup(Action<AkkaConfigurationBuilder, IServiceProvider> Configure);
