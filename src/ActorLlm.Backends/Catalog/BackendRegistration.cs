using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>A backend that the host brings itself.</summary>
internal sealed record BackendRegistration(BackendOptions Options, Func<IServiceProvider, IChatClient> Client);
