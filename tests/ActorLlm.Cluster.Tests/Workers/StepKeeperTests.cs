using System.Collections.Concurrent;
using ActorLlm.Backends;
using ActorLlm.Cluster.Workers;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;
using Akka.Actor;
using Recorded = ActorLlm.Domain.Conversations.StepOutcome;
using StepOutcome = ActorLlm.Modules.StepOutcome;

namespace ActorLlm.Cluster.Tests.Workers;

/// <summary>What a module is told of its steps, and what the conversation is told of them.</summary>
public sealed class StepKeeperTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly AttemptKey Second = new(ConversationId.Of("talk"), TurnId.Parse("1"), 2);
    private static readonly StepEnd Done = new(Recorded.Done, "known", "", DateTimeOffset.UnixEpoch);

    private readonly ActorSystem _system = ActorSystem.Create("steps", "akka { loglevel = WARNING, stdout-loglevel = OFF }");
    private readonly ConcurrentQueue<object> _said = new();
    private readonly CancellationTokenSource _stop = new();
    private int _calls;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _system.Terminate();
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_tool_is_called_between_two_words_to_the_conversation()
    {
        var result = await Keeper(Begun(by: 2)).ToolAsync("k", "pay", "5", CallAsync).WaitAsync(Patience);

        Assert.Equal(new StepResult(StepOutcome.Done, "paid 5"), result);
        Assert.Equal(
            [new BeginStep(Second, new StepRequest("k", StepKind.Tool, "pay", "5"), Again: false), new EndStep(Second, "k", Recorded.Done, "paid 5")], _said);
    }

    [Fact]
    public async Task What_is_recorded_is_given_without_a_call()
    {
        Assert.Equal("known", (await Keeper(_ => Standing(1, Done)).ToolAsync("k", "pay", "5", CallAsync).WaitAsync(Patience)).Text);
        Assert.Equal(0, _calls);
    }

    [Fact]
    public async Task What_another_attempt_began_is_unknown_and_called_once_more_only_when_the_module_says_so()
    {
        var keeper = Keeper(word => word.Message is BeginStep { Again: false } ? Standing(1) : Begun(by: 2)(word));

        Assert.Equal(StepOutcome.Unknown, (await keeper.ToolAsync("k", "pay", "5", CallAsync).WaitAsync(Patience)).Outcome);
        Assert.Equal(0, _calls);
        Assert.Equal(StepOutcome.Done, (await keeper.RetryToolAsync("k", "pay", "5", CallAsync).WaitAsync(Patience)).Outcome);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task A_step_that_is_asked_for_twice_in_one_attempt_is_one_and_under_the_key_of_another_an_error()
    {
        var keeper = Keeper(Begun(by: 2));

        var both = await Task.WhenAll(keeper.ToolAsync("k", "pay", "5", CallAsync), keeper.ToolAsync("k", "pay", "5", CallAsync)).WaitAsync(Patience);

        Assert.Equal(both[0], both[1]);
        Assert.Equal(1, _calls);
        var error = await Assert.ThrowsAsync<StepException>(() => keeper.ToolAsync("k", "pay", "6", CallAsync));
        Assert.Contains("'k'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_conversation_refuses_is_an_error_of_the_module()
    {
        var error = await Assert.ThrowsAsync<StepException>(
            () => Keeper(word => new StepRefused(Second, word.Step, Stale: false, "64 steps")).ToolAsync("k", "pay", "5", CallAsync).WaitAsync(Patience));

        Assert.Equal(("64 steps", 0), (error.Message, _calls));
    }

    [Fact]
    public async Task An_attempt_that_was_given_up_goes_no_further_and_ends_when_it_is_told_to()
    {
        var asked = Keeper(word => new StepRefused(Second, word.Step, Stale: true, "no longer wanted")).ToolAsync("k", "pay", "5", CallAsync);
        await UntilAsync(() => !_said.IsEmpty);
        Assert.False(asked.IsCompleted);

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(Patience));
        Assert.Equal(0, _calls);
    }

    [Fact]
    public async Task A_call_that_is_broken_off_with_its_attempt_is_not_said_to_have_failed()
    {
        var asked = Keeper(Begun(by: 2)).ToolAsync("k", "pay", "5", async (_, stop) =>
        {
            Interlocked.Increment(ref _calls);
            await Task.Delay(Timeout.Infinite, stop);
            return "";
        });
        await UntilAsync(() => _calls == 1);

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.WaitAsync(Patience));
        Assert.IsType<BeginStep>(Assert.Single(_said));
    }

    [Fact]
    public async Task A_providers_trouble_within_a_call_is_the_attempts_and_is_not_recorded()
    {
        var trouble = new BackendException(new BackendFailure(BackendFailureKind.Provider, "busy", 429));

        var thrown = await Assert.ThrowsAsync<BackendException>(
            () => Keeper(Begun(by: 2)).ToolAsync("k", "ask the model", "5", (_, _) => throw trouble).WaitAsync(Patience));

        Assert.Same(trouble, thrown);
        Assert.IsType<BeginStep>(Assert.Single(_said));
    }

    [Fact]
    public async Task A_step_that_is_waited_for_ends_the_attempt_and_nothing_is_begun_after_it()
    {
        var keeper = Keeper(Begun(by: 2));

        await Assert.ThrowsAsync<SuspendedException>(() => keeper.ApproveAsync("a", "Refund?").WaitAsync(Patience));

        Assert.True(keeper.IsSuspended);
        await Assert.ThrowsAsync<SuspendedException>(() => keeper.ToolAsync("k", "pay", "5", CallAsync));
        Assert.Equal((0, 1), (_calls, _said.Count));
    }

    [Fact]
    public async Task A_decision_is_told_with_who_made_it()
    {
        var keeper = Keeper(_ => Standing(1, new StepEnd(Recorded.Refused, "too much", "ann", DateTimeOffset.UnixEpoch), "a"));

        Assert.Equal(new StepResult(StepOutcome.Refused, "too much", "ann"), await keeper.ApproveAsync("a", "Refund?").WaitAsync(Patience));
        Assert.False(keeper.IsSuspended);
    }

    private Task<string> CallAsync(ToolInvocation call, CancellationToken stop)
    {
        Interlocked.Increment(ref _calls);
        Assert.Equal(StepRules.IdempotencyKey(Second.Conversation, Second.Turn, call.Key), call.IdempotencyKey);
        return Task.FromResult($"paid {call.Arguments}");
    }

    private static StepStanding Standing(int begunBy, StepEnd? end = null, string step = "k") => new(Second, step, begunBy, end);

    private static Func<StepWord, AttemptMessage> Begun(int by) => word => word.Message is EndStep end
        ? Standing(by, new StepEnd(end.Outcome, end.Result, "", DateTimeOffset.UnixEpoch), word.Step)
        : Standing(by, step: word.Step);

    private StepKeeper Keeper(Func<StepWord, AttemptMessage> answer) =>
        new(Second, _system.ActorOf(Props.Create(() => new Conversation(answer, _said))), _stop.Token);

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "Not in time.");
            await Task.Delay(10);
        }
    }

    private sealed class Conversation(Func<StepWord, AttemptMessage> answer, ConcurrentQueue<object> said) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var word = (StepWord)message;
            said.Enqueue(word.Message);
            word.Answer.TrySetResult(answer(word));
        }
    }
}
