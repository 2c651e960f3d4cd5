using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;
using ActorLlm.Testing;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Steps.ModuleTurns;

namespace ActorLlm.Hosting.Tests.Steps;

/// <summary>Approvals that are waited for while everything restarts.</summary>
public sealed class ApprovalTests : IDisposable
{
    private static readonly ConversationId Talk = ConversationId.Of("talk");
    private static readonly TurnId One = TurnId.Parse("1");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_approval_waits_through_a_restart_and_the_turn_goes_on_when_it_is_granted()
    {
        await using (var before = await StartAsync())
        {
            await before.Conversations.SubmitAsync(To("service", "talk", "500"));
            await Eventually.HoldsAsync("it is asked for", async () => (await ListAsync(before)).Count == 1);
            await before.AbortAsync();
        }

        await using var after = await StartAsync();
        await Eventually.HoldsAsync("it is still asked for", async () => (await ListAsync(after)).Count == 1);
        var asked = Assert.Single(await ListAsync(after));
        Assert.Equal(("default/talk", "1", "over-100", "service", "Refund 500?"), (asked.Conversation, asked.Turn, asked.Step, asked.Module, asked.Question));
        Assert.IsType<TurnPending>(await after.Conversations.GetAsync(Talk, One));

        var steering = after.Services.GetRequiredService<ISteering>();
        await steering.DecideAsync(new ApprovalDecision(Talk, One, "over-100", Granted: true, "ann", "fine"));

        Assert.Equal("Granted by ann: fine", (await after.Conversations.CompleteAsync(To("service", "talk", "500")).InTime()).ReplyText());
        Assert.Empty(await ListAsync(after));
        var step = Assert.Single((await after.Services.GetRequiredService<IInspection>().ExplainAsync(Talk, One))!.Steps);
        Assert.Equal((StepKind.Approval, StepState.Granted, "ann"), (step.Kind, step.State, step.By));
    }

    [Fact]
    public async Task A_refusal_is_told_a_repeat_changes_nothing_and_what_is_not_asked_cannot_be_decided()
    {
        await using var host = await StartAsync();
        var steering = host.Services.GetRequiredService<ISteering>();
        await host.Conversations.SubmitAsync(To("service", "talk", "two"));
        await Eventually.HoldsAsync("both are asked for", async () => (await ListAsync(host)).Count == 2);

        await steering.DecideAsync(new ApprovalDecision(Talk, One, "over-100", Granted: false, "bob", "too much"));
        await steering.DecideAsync(new ApprovalDecision(Talk, One, "over-100", Granted: false, "ann"));
        var contrary = await Assert.ThrowsAsync<TurnRejectedException>(() => steering.DecideAsync(new ApprovalDecision(Talk, One, "over-100", Granted: true, "ann")));
        var unknown = await Assert.ThrowsAsync<TurnRejectedException>(() => steering.DecideAsync(new ApprovalDecision(Talk, One, "never", Granted: true, "ann")));
        Assert.Equal(["second"], (await ListAsync(host)).Select(approval => approval.Step));
        await steering.DecideAsync(new ApprovalDecision(Talk, One, "second", Granted: true, "ann"));

        Assert.Equal((RejectionCode.AlreadyDecided, RejectionCode.NotFound), (contrary.Code, unknown.Code));
        Assert.Contains("was refused by bob", contrary.Message, StringComparison.Ordinal);
        Assert.Equal("Refused by bob: too much", (await host.Conversations.CompleteAsync(To("service", "talk", "two")).InTime()).ReplyText());
    }

    [Fact]
    public async Task A_turn_that_is_cancelled_while_it_waits_waits_for_nothing_any_more()
    {
        await using var host = await StartAsync();
        await host.Conversations.SubmitAsync(To("service", "talk", "500"));
        await Eventually.HoldsAsync("it is asked for", async () => (await ListAsync(host)).Count == 1);

        await host.Conversations.CancelAsync(Talk, One);

        Assert.Empty(await ListAsync(host));
        var late = await Assert.ThrowsAsync<TurnRejectedException>(
            () => host.Services.GetRequiredService<ISteering>().DecideAsync(new ApprovalDecision(Talk, One, "over-100", Granted: true, "ann")));
        Assert.Equal(RejectionCode.NotFound, late.Code);
    }

    private static async Task<IReadOnlyList<ApprovalPicture>> ListAsync(TestHost host)
    {
        try
        {
            return (await host.Services.GetRequiredService<IInspection>().ListApprovalsAsync("default")).Approvals;
        }
        catch (ConversationsUnavailableException)
        {
            // The cluster is forming.
            return [];
        }
    }

    private Task<TestHost> StartAsync()
    {
        var scripts = new ModuleScripts
        {
            ["service"] = async (turn, stop) =>
            {
                if (turn.Prompt() == "two")
                {
                    var both = await Task.WhenAll(turn.Steps.ApproveAsync("over-100", "Refund 500?", stop), turn.Steps.ApproveAsync("second", "And 600?", stop));
                    return $"{both[0].Outcome} by {both[0].By}: {both[0].Text}";
                }

                var answer = await turn.Steps.ApproveAsync("over-100", $"Refund {turn.Prompt()}?", stop);
                return $"{answer.Outcome} by {answer.By}: {answer.Text}";
            },
        };
        return TestHost.StartAsync(ScriptedChatClient.Echo(), _folder, services: services => scripts.AddTo(services));
    }
}
