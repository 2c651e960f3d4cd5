using ActorLlm.Hosting;
using ActorLlm.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ActorLlm.PetabridgeCmd.Tests;

public sealed class HostTests
{
    [Fact]
    public async Task A_node_opens_pbms_port_with_the_actor_system()
    {
        using var folder = new TempFolder();
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("ActorLlm:PetabridgeCmd:Port", (string?)"9111")]);
        builder.AddActorLlm(options => options.Sqlite = folder.Of("test.db"));
        builder.AddActorLlmPetabridgeCmd();
        var started = new TaskCompletionSource<string>();
        builder.Services.AddSingleton(new AkkaSetup((akka, _) => akka.AddStartup((system, _) => started.SetResult(system.Name))));
        using var host = builder.Build();

        await host.StartAsync();

        Assert.Equal(ActorLlmHostingExtensions.SystemName, await started.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(2, host.Services.GetServices<AkkaSetup>().Count());
        await host.StopAsync();
    }

    [Fact]
    public void Port_0_leaves_it_closed()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("ActorLlm:PetabridgeCmd:Port", (string?)"0")]);

        builder.AddActorLlmPetabridgeCmd();

        Assert.DoesNotContain(builder.Services, service => service.ServiceType == typeof(AkkaSetup));
    }
}
