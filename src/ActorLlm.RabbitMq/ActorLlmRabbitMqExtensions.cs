using ActorLlm.Hosting;
using ActorLlm.RabbitMq.Broker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorLlm.RabbitMq;

/// <summary>The bridge's health.</summary>
public interface IRabbitMqHealth
{
    /// <summary>Whether this node has a bridge.</summary>
    bool On { get; }

    /// <summary>Whether it is connected; the text says what is amiss.</summary>
    (bool Connected, string Reason) Check();
}

/// <summary>Puts the RabbitMQ bridge into a host.</summary>
public static class ActorLlmRabbitMqExtensions
{
    /// <summary>
    /// Adds the bridge to a host that calls <see cref="ActorLlmHostingExtensions.AddActorLlm"/>. It is off until <see cref="RabbitMqOptions.Url"/> is set. Options come
    /// from the configuration section <see cref="RabbitMqOptions.Section"/>, then from <paramref name="configure"/>; the host's start throws
    /// <see cref="OptionsValidationException"/> where one is not valid. A broker that is away keeps no host from starting.
    /// </summary>
    public static IHostApplicationBuilder AddRabbitMqBridge(this IHostApplicationBuilder builder, Action<RabbitMqOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new RabbitMqOptionsSetup(provider.GetService<IConfiguration>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<RabbitMqOptions>, RabbitMqOptionsSetup>(Setup));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RabbitMqOptions>, RabbitMqOptionsSetup>(Setup));
        var options = services.AddOptions<RabbitMqOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddSingleton<BrokerLink>();
        services.TryAddSingleton<IRabbitMqHealth, RabbitMqHealth>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IReplyCarrier, ReplyCarrier>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RabbitMqBridge>());
        return builder;

        static RabbitMqOptionsSetup Setup(IServiceProvider provider) => provider.GetRequiredService<RabbitMqOptionsSetup>();
    }

    private sealed class RabbitMqHealth(BrokerLink link, IOptions<RabbitMqOptions> options) : IRabbitMqHealth
    {
        public bool On => options.Value.On;

        public (bool Connected, string Reason) Check() =>
            !On ? (true, $"There is no bridge: {RabbitMqOptions.Section}:Url is not set.")
            : link.IsOpen ? (true, $"Connected; messages are taken from '{options.Value.Queue}'.")
            : (false, $"Not connected: {link.Problem}.");
    }
}
