using System.Globalization;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>How failures of a backend are told apart, and what each costs the turn.</summary>
[Collection(OneNode.Collection)]
public sealed class TurnFailureTests(OneNode node)
{
    private IConversations Conversations => node.Host.Conversations;

    [Fact]
    public async Task Errors_of_content_end_the_turn_after_three_calls_and_say_why()
    {
        var settled = await Conversations.CompleteAsync(Turn("content", "1", "refused content-1")).InTime();

        var failed = Assert.IsType<Outcome.Failed>(settled.Outcome);
        Assert.Equal((FailureKind.Content, 3), (failed.Kind, settled.Attempts));
        Assert.Contains("the picture is upside down", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(3, node.Log.Of("refused content-1").Count);
        Assert.Equal("echo content-2!", (await Conversations.CompleteAsync(Turn("content", "2", "echo content-2")).InTime()).ReplyText());
    }

    [Fact]
    public async Task A_provider_that_asks_to_wait_is_left_alone_for_as_long()
    {
        var settled = await Conversations.CompleteAsync(Turn("wait", "1", "busy wait-1")).InTime();

        Assert.Equal("busy wait-1!", settled.ReplyText());
        Assert.Equal(2, settled.Attempts);
        var calls = node.Log.Of("busy wait-1");
        Assert.InRange(TimeProvider.System.GetElapsedTime(calls[0].At, calls[1].At), OneNode.RetryAfter, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Provider_failures_do_not_use_the_turn_up()
    {
        var settled = await Conversations.CompleteAsync(Turn("outage", "1", "down outage-1")).InTime();

        Assert.Equal("down outage-1!", settled.ReplyText());
        Assert.Equal(6, node.Log.Of("down outage-1").Count);
        Assert.Equal(6, settled.Attempts);
    }

    [Fact]
    public async Task A_client_that_hangs_is_ended_by_its_backends_limit_and_not_taken_for_a_lost_worker()
    {
        var request = Turn("hang", "1", "hung hang-1");

        Assert.Equal(2, (await Conversations.CompleteAsync(request).InTime()).Attempts);
        var life = await node.Host.Services.GetRequiredService<IInspection>().ExplainAsync(request.Conversation, request.Turn).InTime();
        Assert.Equal($"The backend sent nothing for {OneNode.Inactivity.TotalSeconds} seconds.", Assert.IsType<TurnLife>(life).Attempts[0].Reason);
    }

    [Fact]
    public async Task A_deadline_ends_a_turn_that_runs()
    {
        var tries = 0;
        // On a slow machine the first deadlines may pass before the model is called at all.
        foreach (var deadline in new[] { 0.7, 3, 12, 48 })
        {
            var prompt = string.Create(CultureInfo.InvariantCulture, $"held deadline-{deadline}");
            var settled = await Conversations.CompleteAsync(
                Turn("deadline", $"{++tries}", prompt) with { Deadline = TimeSpan.FromSeconds(deadline) }).InTime();

            Assert.Equal(FailureKind.Deadline, Assert.IsType<Outcome.Failed>(settled.Outcome).Kind);
            if (node.Log.Of(prompt).Count == 0) continue;
            await Eventually.HoldsAsync("the call was broken off", () => node.BrokenOff.Contains(prompt));
            return;
        }

        Assert.Fail("No call began within the longest deadline.");
    }
}
