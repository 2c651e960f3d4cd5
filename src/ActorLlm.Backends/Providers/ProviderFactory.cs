using ActorLlm.Backends.Simulation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Backends;

/// <summary>Makes the clients of a backend by its type.</summary>
internal static class ProviderFactory
{
    public static ProviderClients Create(BackendOptions options, TimeProvider time, IServiceProvider? services) => options.Type switch
    {
        BackendType.OpenAI => OpenAIProvider.Create(options),
        BackendType.AzureOpenAI => AzureOpenAIProvider.Create(options),
        BackendType.Ollama => OllamaProvider.Create(options, time),
        BackendType.Simulator => Simulator(options, time),
        BackendType.Custom => Custom(options, services),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Type, "The options were not validated."),
    };

    private static ProviderClients Simulator(BackendOptions options, TimeProvider time)
    {
        var engine = new SimulatorEngine(options.Simulator, time);
        return new(
            model => new SimulatorChatClient(engine, model),
            Embed: (request, _) => Task.FromResult(SimulatorEmbeddings.Answer(request)));
    }

    private static ProviderClients Custom(BackendOptions options, IServiceProvider? services)
    {
        BackendRegistration registration = services?.GetServices<BackendRegistration>().FirstOrDefault(known => known.Options == options)
            ?? throw new ArgumentException($"The backend '{options.Name}' is of type {BackendType.Custom}: add it with AddBackend.");
        IChatClient client = registration.Client(services);
        return new(model => client.AsBuilder().ConfigureOptions(asked => asked.ModelId = model).Build());
    }
}
