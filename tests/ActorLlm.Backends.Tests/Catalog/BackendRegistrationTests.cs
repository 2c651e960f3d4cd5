using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorLlm.Backends.Tests.Catalog;

public class BackendRegistrationTests
{
    private static readonly IConfiguration Simulator = new ConfigurationBuilder()
        .AddInMemoryCollection([KeyValuePair.Create("ActorLlm:Backends:sim:Type", (string?)"Simulator")]).Build();

    private static readonly IConfiguration Nothing = new ConfigurationBuilder().Build();

    private static ScriptedChatClient Echo() => new((options, _) =>
        new[] { ScriptedChatClient.Text($"model {options?.ModelId}"), ScriptedChatClient.End }.ToAsyncEnumerable());

    [Fact]
    public void Configured_backends_are_resolved_from_the_container()
    {
        using ServiceProvider services = new ServiceCollection().AddActorLlmBackends(Simulator).BuildServiceProvider();
        BackendCatalog catalog = services.GetRequiredService<BackendCatalog>();
        Assert.Equal(("sim", "simulator"), (catalog.Resolve().Backend, catalog.Resolve().Model));
        Assert.Equal("Backends as configured: sim (Simulator: simulator).", catalog.Summary);
    }

    [Fact]
    public async Task A_client_of_the_hosts_own_is_a_backend_and_comes_before_those_of_the_configuration()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddActorLlmBackends(Simulator)
            .AddBackend("mine", _ => Echo(), "one", "two")
            .BuildServiceProvider();
        BackendCatalog catalog = services.GetRequiredService<BackendCatalog>();
        Assert.Equal(["one", "two", "simulator"], catalog.Models.Select(model => model.Id));
        Assert.Equal("model one", (await catalog.Resolve().Client.GetResponseAsync("x")).Text);
        Assert.Equal("model two", (await Observation.OfStream(catalog.Resolve("two").Client, "x")).Text);
    }

    [Fact]
    public void A_client_of_the_hosts_own_is_enough()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddActorLlmBackends(Nothing)
            .AddBackend("mine", _ => Echo(), ["one"], options => options.Weight = 5)
            .BuildServiceProvider();
        Assert.Equal("mine", services.GetRequiredService<BackendCatalog>().Resolve().Backend);
        BackendOptions options = Assert.Single(services.GetRequiredService<IOptions<BackendsOptions>>().Value.Backends);
        Assert.Equal(("mine", BackendType.Custom, 5), (options.Name, options.Type, options.Weight));
    }

    [Fact]
    public async Task What_a_client_of_the_hosts_own_throws_unexpectedly_is_bounded()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddActorLlmBackends(Nothing)
            .AddBackend("mine", _ => new ScriptedChatClient((_, _) => throw new InvalidOperationException("bug")), "one")
            .BuildServiceProvider();
        Observation seen = await Observation.OfStream(services.GetRequiredService<BackendCatalog>().Resolve().Client, "x");
        Assert.Equal(BackendFailureKind.Content, seen.Failure?.Kind);
        Assert.True(seen.Failure!.Unforeseen);
        Assert.Contains("InvalidOperationException", seen.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_in_code_and_in_configuration_is_refused()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddActorLlmBackends(Simulator)
            .AddBackend("SIM", _ => Echo(), "one")
            .BuildServiceProvider();
        Assert.Contains(
            "exists 2 times",
            Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<BackendCatalog>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_backend_without_models_is_refused()
    {
        using ServiceProvider services = new ServiceCollection()
            .AddActorLlmBackends(Nothing).AddBackend("mine", _ => Echo()).BuildServiceProvider();
        Assert.Contains(
            "ActorLlm:Backends:mine:Models is empty",
            Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<BackendCatalog>()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_container_disposes_of_the_clients()
    {
        ScriptedChatClient client = Echo();
        using (ServiceProvider services = new ServiceCollection()
            .AddActorLlmBackends(Nothing).AddBackend("mine", _ => client, "one").BuildServiceProvider())
        {
            services.GetRequiredService<BackendCatalog>();
            Assert.Equal(0, client.Disposed);
        }
        Assert.Equal(1, client.Disposed);
    }
}
