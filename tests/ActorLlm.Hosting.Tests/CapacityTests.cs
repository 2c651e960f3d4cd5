using ActorLlm.Cluster;
using ActorLlm.Domain;
using ActorLlm.Inspection;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>What a cluster measures of its load: a node that holds conversations and a worker with a single place.</summary>
public sealed class CapacityTests
{
    private const int Turns = 4;

    private readonly CallLog _log = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task Waits_are_measured_at_the_worker_and_before_it_and_services_where_they_are()
    {
        await using var cluster = await StartAsync();
        var inspection = cluster["home"].Services.GetRequiredService<IInspection>();
        await Eventually.HoldsAsync("the worker has reported", async () => (await inspection.GetCapacityAsync()).Stations.Count == 2);
        var replies = Enumerable.Range(0, Turns).Select(i => cluster["home"].Conversations.CompleteAsync(Turn($"queue-{i}", "1", $"held {i}"))).ToArray();
        // Each turn is at the head of its conversation, so that an attempt is asked for: one runs, one waits at the worker, and two are more than a worker of one place is given.
        for (var i = 0; i < Turns; i++)
        {
            var name = ConversationId.Of($"queue-{i}");
            await Eventually.HoldsAsync($"{name} runs", async () => (await inspection.GetConversationAsync(name))?.Turns is [{ State: TurnState.Running }]);
        }

        var closed = TimeProvider.System.GetTimestamp();
        await Eventually.HoldsAsync("one waits at the worker", async () => Worker(await inspection.GetCapacityAsync()) is { Waiting: > 0, Busy: > 0 });
        var held = TimeProvider.System.GetElapsedTime(closed).TotalSeconds;
        _gate.Open();
        foreach (var reply in replies) await reply.InTime();

        await Eventually.HoldsAsync("all are counted", async () => Worker(await inspection.GetCapacityAsync()).Served == Turns);
        var picture = await inspection.GetCapacityAsync();
        var worker = Worker(picture);
        // All but the first waited, for as long as the gate was closed.
        Assert.True(worker.WaitTime * Turns >= (Turns - 1) * held, $"{worker.WaitTime} s each, of {held} s");
        Assert.True(worker.ServiceTime * Turns >= held, $"{worker.ServiceTime} s each, of {held} s");
        Assert.Equal((1, 1), (worker.Places, picture.Stations[0].Nodes));
        var backend = picture.Stations[1];
        Assert.Equal(("scripted", Turns, 7), (backend.Backend, backend.Windows[0].Served, backend.Windows[0].Places));
        // The worker lets one call after the other to it.
        Assert.InRange(backend.Windows[0].WaitTime, 0, held / 10);
        Assert.InRange(picture.Wanted, 1, 10);
    }

    private Task<TestCluster> StartAsync() => TestCluster.StartAsync(
        new NodePlan("home", ScriptedChatClient.Echo()) { Roles = [Roles.Conversation, Roles.Gateway] },
        new NodePlan("worker", new ScriptedChatClient((call, stop) => HoldAsync(stop), _log))
        {
            Roles = [Roles.Worker],
            Configure = options => options.Worker.Concurrency = 1,
            Backend = options => options.Concurrency = 7,
        });

    private static WindowPicture Worker(CapacityPicture picture) => picture.Stations[0].Windows[0];

    private async IAsyncEnumerable<string> HoldAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        await _gate.PassAsync(stop);
        yield return "done";
    }
}
