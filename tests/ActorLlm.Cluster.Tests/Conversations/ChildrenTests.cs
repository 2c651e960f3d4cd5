using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;

namespace ActorLlm.Cluster.Tests.Conversations;

/// <summary>A conversation and the turns that its modules sent to others.</summary>
public sealed class ChildrenTests : DatabaseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ConversationId Talk = ConversationId.Of("talk");
    private static readonly ConversationId Child = ConversationId.Of("talk~1~ask");
    private static readonly TurnId One = TurnId.Parse("1");
    private static readonly TurnId Ask = TurnId.Parse("ask");
    private static readonly AttemptKey First = new(Talk, One, 1);

    [Fact]
    public async Task A_child_is_submitted_until_it_is_accepted_then_asked_for_and_its_outcome_starts_the_next_attempt()
    {
        await using var system = new TestSystem(await ReadyAsync(JournalProvider.Sqlite), reply: _ => null!);
        var conversation = await BeginAsync(system);

        var submit = await NextAsync<SubmitTurn>(system);
        Assert.Equal((Child, Ask, true, "clerk", new ParentStep(Talk, One, "ask")), (submit.Conversation, submit.Turn, submit.Follow, submit.Content.Model, submit.Content.Parent));
        Assert.Equal(submit, await NextAsync<SubmitTurn>(system));
        conversation.Tell(new TurnPending(Child, Ask, 0, 0, ""));
        var follow = await NextAsync<FollowTurn>(system);
        Assert.Equal((Child, Ask, false), (follow.Conversation, follow.Turn, follow.Stream));
        Assert.Equal(new ResultAck(First), await conversation.Ask<ResultAck>(new AttemptResult(First, new AttemptEnd.Suspended()), Patience));

        conversation.Tell(Committed("the reply"));

        await UntilAsync(() => system.Seen.OfType<RunAttempt>().Any(run => run.Key.Attempt == 2));
        var told = await conversation.Ask<StepStanding>(new BeginStep(First with { Attempt = 2 }, Step(), Again: false), Patience);
        Assert.Equal((1, StepOutcome.Done, "the reply"), (told.BegunBy, told.End!.Outcome, told.End.Result));
    }

    [Fact]
    public async Task A_next_incarnation_submits_what_it_owes_again()
    {
        await using var system = new TestSystem(await ReadyAsync(JournalProvider.Sqlite), reply: _ => null!);
        var first = await BeginAsync(system);
        var submit = await NextAsync<SubmitTurn>(system);
        await TestSystem.StopAsync(first);
        await TakeAllAsync(system);

        system.Start("talk");

        Assert.Equal(submit, await NextAsync<SubmitTurn>(system));
    }

    [Fact]
    public async Task A_child_whose_parent_is_cancelled_is_cancelled_until_it_has_an_outcome_also_by_a_next_incarnation()
    {
        await using var system = new TestSystem(await ReadyAsync(JournalProvider.Sqlite), reply: _ => null!);
        var first = await BeginAsync(system);
        await first.Ask<TurnSettled>(new CancelTurn(Talk, One), Patience);
        await TestSystem.StopAsync(first);
        await TakeAllAsync(system);

        var second = system.Start("talk");
        var cancel = await NextAsync<CancelTurn>(system);
        Assert.Equal((Child, Ask, CancelledBy.Parent), (cancel.Conversation, cancel.Turn, cancel.By));
        Assert.Equal(cancel, await NextAsync<CancelTurn>(system));
        second.Tell(new TurnSettled(Child, Ask, new Outcome.Cancelled(CancelledBy.Parent), 0, false, DateTimeOffset.UnixEpoch));

        await TestSystem.ViewAsync(second);
        await TestSystem.StopAsync(second);
        await TakeAllAsync(system);
        await TestSystem.ViewAsync(system.Start("talk"));
        Assert.Empty(await TakeAllAsync(system));
    }

    // A request that is still under way would make it later, and nobody would know.
    [Fact]
    public async Task A_child_that_is_not_there_yet_is_made_to_be_cancelled()
    {
        await using var system = new TestSystem(await ReadyAsync(JournalProvider.Sqlite), reply: _ => null!);
        var conversation = await BeginAsync(system);
        await NextAsync<SubmitTurn>(system);
        await conversation.Ask<TurnSettled>(new CancelTurn(Talk, One), Patience);
        await NextAsync<CancelTurn>(system);

        conversation.Tell(new TurnRejected(Child, Ask, RejectionCode.NotFound, "There is no such conversation."));

        await NextAsync<SubmitTurn>(system);
        await NextAsync<CancelTurn>(system);
    }

    [Fact]
    public async Task A_child_that_cannot_be_made_has_failed_and_says_why()
    {
        await using var system = new TestSystem(await ReadyAsync(JournalProvider.Sqlite), reply: _ => null!);
        var conversation = await BeginAsync(system);
        await NextAsync<SubmitTurn>(system);

        conversation.Tell(new TurnRejected(Child, Ask, RejectionCode.TurnIdReused, "The turn id ask was used with other content."));

        StepStanding told;
        do told = await conversation.Ask<StepStanding>(new BeginStep(First, Step(), Again: false), Patience);
        while (told.End is null);
        Assert.Equal((StepOutcome.Failed, "The turn id ask was used with other content."), (told.End.Outcome, told.End.Result));
    }

    private static StepRequest Step() => new("ask", StepKind.Child, "clerk", "") { Content = TurnContent.Of("form") };

    private static TurnSettled Committed(string text) =>
        new(Child, Ask, new Outcome.Committed(new Reply(text, "m", "b", "stop", new Usage(1, 1))), 1, false, DateTimeOffset.UnixEpoch);

    private static async Task<IActorRef> BeginAsync(TestSystem system)
    {
        var conversation = system.Start("talk");
        await conversation.Ask<TurnPending>(TestSystem.Submit("1", "one"), Patience);
        Assert.Equal(new StepStanding(First, "ask", 1, null), await conversation.Ask<StepStanding>(new BeginStep(First, Step(), Again: false), Patience));
        return conversation;
    }

    private static async Task<T> NextAsync<T>(TestSystem system) => Assert.IsType<T>(await system.Others.ReceiveAsync(Patience));

    /// <summary>Takes what was sent so far; gives what it was.</summary>
    private static async Task<IReadOnlyList<object>> TakeAllAsync(TestSystem system)
    {
        var (mark, taken) = (new object(), new List<object>());
        system.Others.Receiver.Tell(mark);
        while (await system.Others.ReceiveAsync(Patience) is var message && message != mark) taken.Add(message);
        return taken;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "Not in time.");
            await Task.Delay(20);
        }
    }
}
