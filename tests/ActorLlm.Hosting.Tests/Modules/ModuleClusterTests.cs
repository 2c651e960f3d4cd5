using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests.Modules;

/// <summary>Modules that live on nodes of different roles.</summary>
public sealed class ModuleClusterTests
{
    [Fact]
    public async Task Each_turn_goes_to_a_node_of_its_modules_role_and_waits_in_sight_while_there_is_none()
    {
        await using var cluster = await TestCluster.StartAsync(Node("text"), Node("image", "worker", "image"));
        var conversations = cluster["text"].Conversations;

        foreach (var n in Enumerable.Range(0, 20))
        {
            Assert.Equal("words on text: a", (await conversations.CompleteAsync(To("words", $"words-{n}", "a")).InTime()).ReplyText());
            Assert.Equal("pictures on image: b", (await conversations.CompleteAsync(To("pictures", $"pictures-{n}", "b")).InTime()).ReplyText());
        }

        await cluster.StopAsync("image");
        var waiting = To("pictures", "waiting", "c");
        var waits = conversations.CompleteAsync(waiting);
        var inspection = cluster["text"].Services.GetRequiredService<IInspection>();
        await Eventually.HoldsAsync("an operator sees what it waits for", async () =>
            (await inspection.ExplainAsync(waiting.Conversation, waiting.Turn))?.Attempts is [{ Reason: "no worker of the cluster runs the module 'pictures', which runs on workers of the role 'image'." }]);
        Assert.Equal("words on text: d", (await conversations.CompleteAsync(To("words", "meanwhile", "d")).InTime()).ReplyText());
        Assert.Equal("echo: e", (await conversations.CompleteAsync(Turn("chat", "1", "e")).InTime()).ReplyText());
        Assert.False(waits.IsCompleted);

        await cluster.AddAsync(Node("another", "worker", "image"));
        Assert.Equal("pictures on another: c", (await waits.InTime()).ReplyText());
    }

    [Fact]
    public async Task A_turn_whose_module_runs_nowhere_fails_by_the_time_to_live_and_says_why()
    {
        await using var cluster = await TestCluster.StartAsync(Node("text") with
        {
            Configure = options =>
            {
                options.Roles = [.. ActorLlm.Cluster.Roles.All, "text"];
                options.Conversations = new ConversationPolicy { TimeToLive = TimeSpan.FromSeconds(3) };
            },
        });

        var settled = await cluster["text"].Conversations.CompleteAsync(To("pictures", "nowhere", "x")).InTime();

        Assert.Equal(
            new Outcome.Failed(FailureKind.Provider, "No worker was free within 00:00:03: no worker of the cluster runs the module 'pictures', which runs on workers of the role 'image'."),
            settled.Outcome);
    }

    private static NodePlan Node(string name, params string[] roles) => new(name, ScriptedChatClient.Echo(node: name))
    {
        Roles = roles.Length > 0 ? roles : [.. ActorLlm.Cluster.Roles.All, "text"],
        Services = services => services
            .AddSingleton(new ModuleWorld(name, new Gate()))
            .AddModule<Telling>("words", module => module.Role = "text")
            .AddModule<Telling>("pictures", module => module.Role = "image"),
    };

    private static TurnRequest To(string module, string conversation, string text)
    {
        var request = Turn(conversation, "1", text);
        return request with { Content = request.Content with { Model = module } };
    }
}
