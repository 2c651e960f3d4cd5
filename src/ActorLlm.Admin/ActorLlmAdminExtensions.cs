using ActorLlm.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ActorLlm.Admin;

/// <summary>Puts the admin endpoint into a host.</summary>
public static class ActorLlmAdminExtensions
{
    /// <summary>
    /// Adds the admin endpoint, on a listener of its own, over <see cref="IInspection"/>, <see cref="ISteering"/>, <see cref="IConversationExport"/>,
    /// <see cref="IReplyOutbox"/> and <see cref="IAuditLog"/>. Call it after what adds these, so that the database is ready before the endpoint listens. Options come from the
    /// configuration section <see cref="AdminOptions.Section"/>, then from <paramref name="configure"/>; the host's start throws
    /// <see cref="OptionsValidationException"/> where one is not valid, and <see cref="AdminAddressException"/> where the configured address cannot be listened on.
    /// </summary>
    public static IServiceCollection AddActorLlmAdmin(this IServiceCollection services, Action<AdminOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new AdminOptionsSetup(provider.GetService<IConfiguration>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<AdminOptions>, AdminOptionsSetup>(Setup));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AdminOptions>, AdminOptionsSetup>(Setup));
        var options = services.AddOptions<AdminOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddSingleton<AdminServer>();
        services.AddHostedService(provider => provider.GetRequiredService<AdminServer>());
        return services;

        static AdminOptionsSetup Setup(IServiceProvider provider) => provider.GetRequiredService<AdminOptionsSetup>();
    }
}
