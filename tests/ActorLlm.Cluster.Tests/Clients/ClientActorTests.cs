using ActorLlm.Cluster.Clients;
using ActorLlm.Domain.Conversations;
using Akka.Actor;

namespace ActorLlm.Cluster.Tests.Clients;

/// <summary>The client of a node, with the test as every conversation.</summary>
public sealed class ClientActorTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system = ActorSystem.Create("test");
    private Inbox _region = null!;
    private IActorRef _client = null!;

    public Task InitializeAsync()
    {
        _region = Inbox.Create(_system);
        var runtime = new ClientRuntime(_region.Receiver, TimeSpan.FromSeconds(15), TimeProvider.System, new Random(7));
        _client = _system.ActorOf(Props.Create(() => new ClientActor(runtime)));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        _system.Dispose();
    }

    [Fact]
    public async Task An_outcome_told_for_one_content_is_no_answer_to_another_under_the_same_id()
    {
        var other = Join("t", "other");
        await AskedAsync("other");

        // The first content's callers have left; its conversation still tells this node.
        _client.Tell(Pending("t", "own"));
        _client.Tell(Settled("t", "own"));
        _client.Tell(Refused("t", "other"));

        var refused = await Assert.ThrowsAsync<TurnRefusedException>(() => other.Outcome.WaitAsync(Patience));
        Assert.Equal(RejectionCode.TurnIdReused, refused.Rejected.Code);
    }

    [Fact]
    public async Task A_turn_is_not_refused_because_another_content_was_sent_under_its_id()
    {
        var other = Join("t", "other");
        await AskedAsync("other");
        var own = Join("t", "own");
        await AskedAsync("own");

        _client.Tell(Refused("t", "other"));
        _client.Tell(Settled("t", "own"));

        await Assert.ThrowsAsync<TurnRefusedException>(() => other.Outcome.WaitAsync(Patience));
        Assert.IsType<Outcome.Committed>((await own.Outcome.WaitAsync(Patience)).Outcome);
    }

    [Fact]
    public async Task A_refusal_that_comes_twice_does_not_hit_the_turn_s_own_content()
    {
        var other = Join("t", "other");
        await AskedAsync("other");
        _client.Tell(Refused("t", "other"));
        await Assert.ThrowsAsync<TurnRefusedException>(() => other.Outcome.WaitAsync(Patience));
        var own = Join("t", "own");
        await AskedAsync("own");

        _client.Tell(Refused("t", "other"));
        _client.Tell(Settled("t", "own"));

        Assert.IsType<Outcome.Committed>((await own.Outcome.WaitAsync(Patience)).Outcome);
    }

    [Fact]
    public async Task Calls_under_way_come_to_their_end_before_the_node_goes_and_none_begins_after_that()
    {
        var running = Join("t", "own");
        await AskedAsync("own");
        var finished = _client.Ask<Akka.Done>(FinishCalls.Instance, Patience);
        var late = Join("u", "late");
        await AskedAsync("late");
        Assert.False(finished.IsCompleted);

        _client.Tell(Settled("t", "own"));
        _client.Tell(Settled("u", "late"));

        await finished;
        Assert.IsType<Outcome.Committed>((await running.Outcome.WaitAsync(Patience)).Outcome);
        Assert.IsType<Outcome.Committed>((await late.Outcome.WaitAsync(Patience)).Outcome);
        await Assert.ThrowsAsync<ClientStoppedException>(() => Join("v", "too late").Outcome.WaitAsync(Patience));
    }

    private static TurnSettled Settled(string turn, string text)
    {
        var submit = TestSystem.Submit(turn, text);
        var reply = new Reply($"re: {text}", "model", "backend", "stop", new Usage(1, 1));
        return new TurnSettled(submit.Conversation, submit.Turn, new Outcome.Committed(reply), 1, false, DateTimeOffset.UnixEpoch)
        {
            ContentCheck = submit.Content.Check(),
        };
    }

    private static TurnPending Pending(string turn, string text)
    {
        var submit = TestSystem.Submit(turn, text);
        return new TurnPending(submit.Conversation, submit.Turn, 0, 0, "") { ContentCheck = submit.Content.Check() };
    }

    private static TurnRejected Refused(string turn, string text)
    {
        var submit = TestSystem.Submit(turn, text);
        return new TurnRejected(submit.Conversation, submit.Turn, RejectionCode.TurnIdReused, "Used.") { ContentCheck = submit.Content.Check() };
    }

    private OutcomeSink Join(string turn, string text)
    {
        var sink = new OutcomeSink();
        _client.Tell(new Join(TestSystem.Submit(turn, text), sink));
        return sink;
    }

    /// <summary>Waits until a content was sent to its conversation.</summary>
    private async Task AskedAsync(string text)
    {
        while (await _region.ReceiveAsync(Patience) is not SubmitTurn submit || submit.Content.Messages[0].Text != text)
        {
        }
    }
}
