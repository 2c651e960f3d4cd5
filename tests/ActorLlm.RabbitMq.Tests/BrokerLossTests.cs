using ActorLlm.BridgeRun;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Testing;
using RabbitMQ.Client;

namespace ActorLlm.RabbitMq.Tests;

/// <summary>The broker, or the bridge's node, goes and comes back.</summary>
public sealed class BrokerLossTests
{
    [RabbitMqFact]
    public async Task A_broker_that_is_killed_loses_no_message_and_no_reply_and_the_cluster_works_on_meanwhile()
    {
        await using var server = await TestRabbitMq.StartAsync();
        await using var rig = await Rig.StartAsync(server, "loss");
        await using (var before = await rig.ClientAsync())
        {
            for (var number = 0; number < 30; number++)
            {
                await before.SendAsync(
                    "loss", $$"""{"type":"chat","content":"hi [[reply total=1000]]","id":{{number}}}""", new BasicProperties { DeliveryMode = DeliveryModes.Persistent });
            }

            await Eventually.HoldsAsync("replies are owed", async () => (await rig.Outbox.ListAsync(parked: false, 100)).Count > 0);
            await server.KillAsync();
        }

        await Eventually.HoldsAsync("the bridge says that it is not connected", () => !rig.Health.Check().Connected);
        var direct = await rig.Conversations.CompleteAsync(new(ConversationId.Of("direct"), TurnId.Parse("t"), TurnContent.Of("hello")));
        Assert.IsType<Outcome.Committed>(direct.Outcome);
        await server.StartAgainAsync();

        await using var after = await rig.ClientAsync();
        var ids = new HashSet<string>();
        while (ids.Count < 30) ids.Add((await after.TakeAsync(rig.Replies)).Text("id"));
        await Eventually.HoldsAsync("nothing is owed", async () => (await rig.Outbox.ListAsync(parked: false, 100)).Count == 0);
    }

    [RabbitMqFact]
    public async Task A_bridge_node_that_is_killed_and_a_broker_that_is_restarted_lose_nothing_and_double_nothing_by_id()
    {
        var output = new StringWriter();

        var result = await new Run(new RunOptions(Kills: 2, BrokerRestarts: 1, Messages: 300), output).RunAsync(CancellationToken.None);

        Assert.True(result.Problems.Count == 0, $"{output}\n{result.Write()}");
    }
}
