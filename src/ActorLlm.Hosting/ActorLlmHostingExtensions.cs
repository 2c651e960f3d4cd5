using ActorLlm.Backends;
using ActorLlm.Cluster;
using ActorLlm.Cluster.Images;
using ActorLlm.Cluster.Membership;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Modules;
using ActorLlm.Serialization.AtRest;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>Puts ActorLlm into a host.</summary>
public static class ActorLlmHostingExtensions
{
    /// <summary>The actor system's name where ActorLlm makes it; the same on every node.</summary>
    public const string SystemName = "actorllm";

    /// <summary>
    /// Adds a node of an ActorLlm cluster to any host: an actor system of its own, <see cref="IConversations"/>, and the whole cluster as an
    /// <see cref="IChatClient"/>. Options come from the section <c>ActorLlm</c>, then from <paramref name="configure"/>, and are validated at start.
    /// </summary>
    public static IHostApplicationBuilder AddActorLlm(this IHostApplicationBuilder builder, Action<ActorLlmOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddActorLlmServices(builder.Configuration, configure);
        builder.Services.AddSingleton<IHostedService>(provider => new Preparation(
            stop => Preparation.EnsurePortIsFreeAsync(provider.GetRequiredService<IOptions<ActorLlmOptions>>().Value.Cluster, stop)));
        builder.Services.AddAkka(SystemName, (akka, services) =>
        {
            var options = services.GetRequiredService<IOptions<ActorLlmOptions>>().Value;
            akka.ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            });
            var remoting = new RemoteOptions
            {
                HostName = options.Cluster.BindHostname ?? options.Cluster.Hostname,
                PublicHostName = options.Cluster.Hostname,
                Port = options.Cluster.Port,
                EnableSsl = options.Cluster.Tls.Enabled,
            };
            if (remoting.EnableSsl == true) remoting.Ssl = options.Cluster.Tls.Read(services.GetRequiredService<TimeProvider>().GetUtcNow()).ForRemoting();
            akka.WithRemoting(remoting);
            akka.WithClustering(new Akka.Cluster.Hosting.ClusterOptions { Roles = [.. options.Roles] });
            akka.WithActorLlm(services);
            // At once, not in the host's turn: while the listeners let their last requests end, the attempts behind these are finished or handed over.
            akka.AddStartup((ActorSystem system, IActorRegistry _) => services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(
                () => CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance)));
            // Behind what is there: a host's own method of Akka.Discovery goes before ours.
            if (options.Cluster.DiscoveryHocon() is { } discovery) akka.AddHocon(discovery, HoconAddMode.Append);
            akka.AddStartup((system, _) => ClusterMembership.Start(
                system, options.Journal(), options.Cluster.DiscoverySettings(), services.GetRequiredService<TimeProvider>()));
            foreach (var setup in services.GetServices<AkkaSetup>()) setup.Configure(akka, services);
        });
        return builder;
    }

    /// <summary>Adds what <see cref="WithActorLlm"/> needs to the services of a host that sets Akka up by itself.</summary>
    public static IServiceCollection AddActorLlmServices(
        this IServiceCollection services, IConfiguration configuration, Action<ActorLlmOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddActorLlmBackends(configuration);
        services.AddModules(configuration);
        var section = configuration.GetSection(ActorLlmOptions.Section);
        services.AddOptions<ActorLlmOptions>().Configure(_ => UnknownSettings.Refuse(section)).Bind(section).Configure(options =>
        {
            ActorLlmOptions.BindLists(options, section);
            configure?.Invoke(options);
        }).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ActorLlmOptions>, ActorLlmOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ClusterDoor>();
        services.TryAddSingleton<ClusterAsk>();
        services.TryAddSingleton<IConversations, ClusterConversations>();
        services.TryAddSingleton<IConversationRecords, ClusterRecords>();
        services.TryAddSingleton<IAuditLog, AuditLog>();
        services.TryAddSingleton<OrderAudit>();
        services.TryAddSingleton<IConversationExport, ConversationExport>();
        services.TryAddSingleton<IInspection, ClusterInspection>();
        services.TryAddSingleton<ISteering, ClusterSteering>();
        services.TryAddSingleton<WebhookCarrier>();
        services.TryAddSingleton<IWebhooks>(provider => provider.GetRequiredService<WebhookCarrier>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReplyCarrier, WebhookCarrier>(provider => provider.GetRequiredService<WebhookCarrier>()));
        services.TryAddSingleton<ReplyOutbox>();
        services.TryAddSingleton<IReplyOutbox>(provider => provider.GetRequiredService<ReplyOutbox>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OutboxPump>());
        services.TryAddSingleton<IModels, CatalogModels>();
        services.TryAddSingleton<ContentCheck>();
        services.TryAddSingleton(provider => new ImageFetcher(
            provider.GetRequiredService<IOptions<ActorLlmOptions>>().Value.Images, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IDirectCalls, DirectCalls>();
        services.TryAddSingleton<IEmbeddings, CatalogEmbeddings>();
        services.TryAddSingleton<IChatClient, ConversationChatClient>();
        services.TryAddSingleton(provider => new JournalProbe(
            provider.GetRequiredService<IOptions<ActorLlmOptions>>().Value.Journal(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<INodeHealth, NodeHealth>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, DatabaseWatch>());
        services.AddSingleton<IHostedService>(provider => new Preparation(
            stop => JournalSchema.EnsureAsync(provider.GetRequiredService<IOptions<ActorLlmOptions>>().Value.Journal(), stop)));
        return services;
    }

    /// <summary>
    /// Adds ActorLlm to an actor system that the host sets up with Akka.Hosting. The host brings remoting and clustering, with the roles of
    /// <see cref="Roles"/> on its nodes, and calls <see cref="AddActorLlmServices"/>. ActorLlm's Akka settings go before those set so far; a host
    /// overrides them by adding its own, prepended, after this call. Note <c>akka.actor.serialization-settings.allow-unregistered-types = off</c>: the host's own
    /// messages need serializers of their own where they travel or are stored.
    /// </summary>
    public static AkkaConfigurationBuilder WithActorLlm(this AkkaConfigurationBuilder builder, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(services);
        var options = services.GetRequiredService<IOptions<ActorLlmOptions>>().Value;
        var node = options.Node(services.GetRequiredService<TimeProvider>());
        // Before what is there: WithClustering brings defaults that would otherwise hide ours.
        builder.AddHocon(ActorLlmConfig.For(node.Journal), HoconAddMode.Prepend);
        if (options.Encryption.Cipher() is { } cipher) builder.AddSetup(new EncryptionSetup(cipher));
        return builder.AddStartup((system, _) =>
            services.GetRequiredService<ClusterDoor>().Open(
                system, ActorLlmNode.Start(system, node, services.GetRequiredService<BackendCatalog>(), services.GetRequiredService<ModuleCatalog>())));
    }
}
