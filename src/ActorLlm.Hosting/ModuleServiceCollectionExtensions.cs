using ActorLlm.Modules;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>Adds modules to a host.</summary>
public static class ModuleServiceCollectionExtensions
{
    /// <summary>
    /// Adds a module: turns that name it as their model are answered by it. Every node of the cluster adds the same modules; <see cref="ModuleOptions.Role"/> says which
    /// of them run it. The section <c>ActorLlm:Modules:{name}</c> goes before <paramref name="configure"/>: what an operator sets holds. The result is validated at start.
    /// </summary>
    /// <typeparam name="T">The module; one object of it is made, with its constructor's parameters from the services.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="name">Its name: 1 to 64 letters, digits, <c>.</c>, <c>_</c> or <c>-</c>, and no model of a backend.</param>
    /// <param name="configure">Sets what holds where the configuration says nothing.</param>
    public static IServiceCollection AddModule<T>(this IServiceCollection services, string name, Action<ModuleOptions>? configure = null) where T : class, IModule
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        services.AddKeyedSingleton<IModule, T>(name);
        return services.AddSingleton(new ModuleRegistration(name, configure));
    }

    internal static void AddModules(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ModulesOptions>()
            .Configure<IEnumerable<ModuleRegistration>>((options, registered) => ModulesReader.Read(configuration, registered, options))
            .ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ModulesOptions>, ModulesValidator>());
        services.TryAddSingleton(provider => new ModuleCatalog(provider.GetRequiredService<IOptions<ModulesOptions>>().Value.Modules.Select(
            module => new RegisteredModule(module.Name, module.Options, () => provider.GetRequiredKeyedService<IModule>(module.Name)))));
    }
}

/// <summary>A module that the host added.</summary>
internal sealed record ModuleRegistration(string Name, Action<ModuleOptions>? Configure);

/// <summary>All modules of this host.</summary>
internal sealed class ModulesOptions
{
    /// <summary>Each with its options, in the order in which they were added.</summary>
    public IList<(string Name, ModuleOptions Options)> Modules { get; } = [];

    /// <summary>What could not be read from configuration, one message each.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>The roles of nodes that modules ask for.</summary>
    public IEnumerable<string> Roles => Modules.Select(module => module.Options.Role).Where(role => role.Length > 0);
}
