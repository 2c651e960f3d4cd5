using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorLlm.Backends;

/// <summary>Registers the backends.</summary>
public static partial class BackendServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="BackendCatalog"/> with the backends of the section <c>ActorLlm:Backends</c> and those of
    /// <see cref="AddBackend(IServiceCollection, string, Func{IServiceProvider, IChatClient}, IReadOnlyList{string}, Action{BackendOptions}?)"/>;
    /// when there are none, with what <see cref="BackendDefaults"/> chooses. The options are validated when the host starts.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The root of the configuration.</param>
    public static IServiceCollection AddActorLlmBackends(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<BackendsOptions>()
            .Configure<IEnumerable<BackendRegistration>>((options, registered) => Fill(options, registered, configuration))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BackendsOptions>, BackendOptionsValidator>());
        services.TryAddSingleton(CreateCatalog);
        return services;
    }

    /// <summary>Adds a client of the host's own as a backend; such backends come before those of the configuration.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The backend's name: 1 to 64 letters, digits, <c>.</c>, <c>_</c> or <c>-</c>.</param>
    /// <param name="client">Makes the client; it is called once, and the catalog disposes of the result. Its answers must end with a
    /// finish reason, or they count as broken off. The model asked for arrives as <see cref="ChatOptions.ModelId"/>.</param>
    /// <param name="models">The models it serves, at least one; the first is its default.</param>
    /// <param name="configure">Sets weight, concurrency and time limits.</param>
    public static IServiceCollection AddBackend(
        this IServiceCollection services, string name, Func<IServiceProvider, IChatClient> client, IReadOnlyList<string> models,
        Action<BackendOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(models);
        var options = new BackendOptions { Name = name, Models = [.. models], IsRegistered = true };
        configure?.Invoke(options);
        options.Type = BackendType.Custom;
        return services.AddSingleton(new BackendRegistration(options, client));
    }

    /// <summary>Adds a client of the host's own as a backend, with weight 1 and the default limits.</summary>
    /// <inheritdoc cref="AddBackend(IServiceCollection, string, Func{IServiceProvider, IChatClient}, IReadOnlyList{string}, Action{BackendOptions}?)"/>
    public static IServiceCollection AddBackend(
        this IServiceCollection services, string name, Func<IServiceProvider, IChatClient> client, params string[] models) =>
        services.AddBackend(name, client, models, configure: null);

    private static void Fill(BackendsOptions options, IEnumerable<BackendRegistration> registered, IConfiguration configuration)
    {
        foreach (BackendRegistration registration in registered)
            options.Backends.Add(registration.Options);
        BackendOptionsReader.Read(configuration, options);
        if (options.Backends.Count == 0 && options.Problems.Count == 0)
            BackendDefaults.Choose(name => configuration[name] ?? Environment.GetEnvironmentVariable(name)).Fill(options);
        else
            options.Summary = BackendDefaults.Describe(options.Backends);
    }

    private static BackendCatalog CreateCatalog(IServiceProvider services)
    {
        BackendsOptions options = services.GetRequiredService<IOptions<BackendsOptions>>().Value;
        TimeProvider time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        // Any seed will do that two nodes do not share.
        var random = new Random(Environment.ProcessId ^ (int)time.GetTimestamp());
        var catalog = new BackendCatalog(options, random, time, services);
        if (services.GetService<ILogger<BackendCatalog>>() is { } log)
            LogSummary(log, options.Summary);
        return catalog;
    }

    [LoggerMessage(1, LogLevel.Information, "{Summary}")]
    private static partial void LogSummary(ILogger log, string summary);
}
