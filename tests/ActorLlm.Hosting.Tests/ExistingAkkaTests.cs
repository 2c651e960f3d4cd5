using ActorLlm.Backends;
using ActorLlm.Cluster;
using ActorLlm.Testing;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

public class ExistingAkkaTests
{
    [Fact]
    public async Task ActorLlm_joins_an_actor_system_that_the_host_sets_up_and_keeps_its_own_sharding_settings_there()
    {
        using var folder = new TempFolder();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var client = ScriptedChatClient.Echo();
        builder.Services.AddBackend("scripted", _ => client, "scripted-model");
        builder.Services.AddActorLlmServices(
            builder.Configuration, options => options.Sqlite = folder.Of("test.db"));
        builder.Services.AddAkka("host-system", (akka, services) => akka
            .WithRemoting("127.0.0.1", 0)
            .WithClustering(new Akka.Cluster.Hosting.ClusterOptions { Roles = [.. Roles.All, "shop"] })
            .WithActorLlm(services)
            .AddHocon("akka.cluster.failure-detector.threshold = 11", HoconAddMode.Prepend)
            .AddStartup((system, _) => Akka.Cluster.Cluster.Get(system).Join(Akka.Cluster.Cluster.Get(system).SelfAddress)));
        using var host = builder.Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();

        var settled = await host.Services.GetRequiredService<IConversations>().CompleteAsync(Turn("talk", "1", "hello")).InTime();

        Assert.Equal("echo: hello", settled.ReplyText());
        Assert.Equal("host-system", system.Name);
        Assert.Equal(11, system.Settings.Config.GetInt("akka.cluster.failure-detector.threshold"));
        // There is one only where the places of shards are kept by all nodes, not in the memory of one.
        await system.ActorSelection("/system/sharding/conversationReplicator").ResolveOne(TimeSpan.FromSeconds(10));
        await host.StopAsync();
    }
}
