using ActorLlm.Domain;
using ActorLlm.Testing;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>A single node that stops, dies and starts again.</summary>
public class NodeLifeTests
{
    [Fact]
    public async Task A_node_that_stops_finishes_what_runs_and_the_reply_is_not_made_again()
    {
        var gate = new Gate();
        var client = new ScriptedChatClient((prompt, stop) => After(gate, "reply to " + prompt, stop));
        using var folder = new TempFolder();
        var host = await TestHost.StartAsync(client, folder);
        var request = Turn("talk", "1", "a question");
        await host.Conversations.SubmitAsync(request);
        await Eventually.HoldsAsync("the model is asked", () => client.Calls == 1);

        var stopping = host.StopAsync();
        gate.Open();
        await stopping.InTime();
        await host.DisposeAsync();

        await using var next = await TestHost.StartAsync(client, folder);
        Assert.Equal("reply to a question", (await next.Conversations.CompleteAsync(request).InTime()).ReplyText());
        Assert.Equal(1, client.Calls);
    }

    [Fact]
    public async Task Turns_of_a_node_that_died_go_on_by_themselves_when_it_starts_again_one_by_one_and_in_order()
    {
        var gate = new Gate();
        var client = new ScriptedChatClient((prompt, stop) => After(gate, "reply to " + prompt, stop));
        using var folder = new TempFolder();
        var host = await TestHost.StartAsync(client, folder);
        foreach (var turn in new[] { "1", "2", "3" }) await host.Conversations.SubmitAsync(Turn("talk", turn, "question " + turn));
        await Eventually.HoldsAsync("the model is asked", () => client.Calls == 1);
        await host.AbortAsync();

        gate.Open();
        await using var next = await TestHost.StartAsync(client, folder);
        await Eventually.HoldsAsync("nobody asked, yet all turns were taken up", () => client.Calls == 4);

        await Eventually.HoldsAsync("all are settled", async () =>
            (await next.Conversations.GetAsync(ConversationId.Of("talk"))).TurnsSettled == 3);
        var view = await next.Conversations.GetAsync(ConversationId.Of("talk"));
        Assert.Equal(["reply to question 1", "reply to question 2", "reply to question 3"], view.History.Select(exchange => exchange.Reply!.Text));
    }

    [Fact]
    public async Task A_call_after_the_node_has_ended_fails_instead_of_waiting_for_ever()
    {
        var host = await TestHost.StartAsync(ScriptedChatClient.Echo());
        await host.StopAsync();
        var request = Turn("talk", "1", "hello");

        await Assert.ThrowsAsync<ConversationsUnavailableException>(() => host.Conversations.CompleteAsync(request).InTime());
        await Assert.ThrowsAsync<ConversationsUnavailableException>(() => host.Conversations.StreamAsync(request).ToListAsync().AsTask().InTime());
        await Assert.ThrowsAsync<ConversationsUnavailableException>(() => host.Conversations.SubmitAsync(request).InTime());
    }

    [Fact]
    public async Task A_caller_of_a_node_that_dies_is_told_so()
    {
        var host = await TestHost.StartAsync(new ScriptedChatClient((_, stop) => After(new Gate(), "never", stop)));
        var waiting = host.Conversations.CompleteAsync(Turn("talk", "1", "hello"));
        var (seen, streaming) = host.Conversations.StreamAsync(Turn("walk", "1", "hello")).Watch();
        await Eventually.HoldsAsync("the stream is accepted", () => { lock (seen) return seen.Count == 1; });

        await host.AbortAsync();

        await Assert.ThrowsAsync<ConversationsUnavailableException>(() => waiting.InTime());
        await Assert.ThrowsAsync<ConversationsUnavailableException>(() => streaming.InTime());
    }

    [Fact]
    public async Task A_worker_never_runs_more_than_its_concurrency_at_once()
    {
        var (running, most) = (0, 0);
        async IAsyncEnumerable<string> Count(string prompt)
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Delay(20);
            Interlocked.Decrement(ref running);
            yield return prompt;
        }

        await using var host = await TestHost.StartAsync(
            new ScriptedChatClient((prompt, _) => Count(prompt)), configure: options => options.Worker.Concurrency = 3);

        var all = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => host.Conversations.CompleteAsync(Turn($"talk-{i}", "1", $"question {i}")))).InTime();

        Assert.All(all, (settled, i) => Assert.Equal($"question {i}", settled.ReplyText()));
        Assert.Equal(3, most);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            if (Interlocked.CompareExchange(ref target, value, seen) == seen) return;
        }
    }

    private static async IAsyncEnumerable<string> After(
        Gate gate, string text, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        await gate.PassAsync(stop);
        yield return text;
    }
}
