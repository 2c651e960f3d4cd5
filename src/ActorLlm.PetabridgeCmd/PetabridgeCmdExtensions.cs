using ActorLlm.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Petabridge.Cmd.Cluster;
using Petabridge.Cmd.Cluster.Sharding;
using Petabridge.Cmd.Host;

namespace ActorLlm.PetabridgeCmd;

/// <summary>Lets Petabridge's pbm in.</summary>
public static class PetabridgeCmdExtensions
{
    /// <summary>
    /// Adds pbm's port with the stock palettes <c>cluster</c> and <c>cluster-sharding</c> and ActorLlm's own, to a host that calls
    /// <see cref="ActorLlmHostingExtensions.AddActorLlm"/>. The place is <see cref="PetabridgeCmdSettings"/>.
    /// </summary>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The settings are not valid; the message names the key.</exception>
    public static IHostApplicationBuilder AddActorLlmPetabridgeCmd(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var settings = PetabridgeCmdSettings.Read(builder.Configuration);
        if (settings.Port == 0) return builder;
        builder.Services.AddSingleton(new AkkaSetup((akka, services) => akka.AddPetabridgeCmd(
            new PetabridgeCmdOptions { Host = settings.Host, Port = settings.Port },
            cmd =>
            {
                cmd.RegisterCommandPalette(ClusterCommands.Instance);
                cmd.RegisterCommandPalette(ClusterShardingCommands.Instance);
                cmd.RegisterCommandPalette(new ActorLlmCommands(
                    services.GetRequiredService<IInspection>(), services.GetRequiredService<ISteering>(), services.GetRequiredService<OrderAudit>(),
                    services.GetRequiredService<TimeProvider>()));
            })));
        return builder;
    }
}
