using System.Collections.Concurrent;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Inspection;
using ActorLlm.Modules;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Steps.ModuleTurns;
using StepOutcome = ActorLlm.Modules.StepOutcome;

namespace ActorLlm.Hosting.Tests.Steps;

/// <summary>Modules that call tools, ask other modules and humans, through the whole stack of one node that runs one attempt of each at a time.</summary>
public sealed class StepTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<ToolInvocation> _calls = new();
    private readonly ConcurrentQueue<string> _runs = new();
    private readonly Gate _gate = new();
    private TestHost _host = null!;

    private IConversations Conversations => _host.Conversations;

    private IInspection Inspection => _host.Services.GetRequiredService<IInspection>();

    private ISteering Steering => _host.Services.GetRequiredService<ISteering>();

    public async Task InitializeAsync()
    {
        var scripts = new ModuleScripts
        {
            ["refunds"] = RefundAsync,
            ["boss"] = async (turn, stop) => $"clerk says: {(await turn.Steps.SendAsync("ask", "clerk", turn.Prompt(), stop)).Text}",
            ["clerk"] = async (turn, stop) =>
            {
                _runs.Enqueue($"clerk {turn.Prompt()} by {string.Join(" ", turn.Lineage)}");
                if (turn.Prompt().StartsWith("wait", StringComparison.Ordinal)) await _gate.PassAsync(stop);
                if (turn.Prompt() == "throw") throw new ContentRefusedException("no such form");
                return $"done {turn.Prompt()}";
            },
            ["caller"] = async (turn, stop) => (await turn.Steps.SendAsync("ask", "scripted-model", turn.Prompt(), stop)).Text,
            ["several"] = async (turn, stop) =>
            {
                _runs.Enqueue($"several {turn.Attempt}");
                var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(n => turn.Steps.SendAsync($"ask-{n}", "clerk", $"form {n}", stop)));
                return string.Join(", ", answers.Select(answer => answer.Text));
            },
            ["ring"] = async (turn, stop) => (await turn.Steps.SendAsync("next", "ring-2", "on", stop)).Text,
            ["ring-2"] = async (turn, stop) => (await turn.Steps.SendAsync("next", "ring", "on", stop)).Text,
            ["fickle"] = async (turn, stop) =>
            {
                if (turn.Attempt == 1) await turn.Steps.ToolAsync("k", "one", "", (_, _) => Task.FromResult(""), stop);
                else await turn.Steps.ToolAsync("k", "another", "", (_, _) => Task.FromResult(""), stop);
                throw new InvalidOperationException("again");
            },
            ["swallows"] = async (turn, stop) =>
            {
                try
                {
                    return (await turn.Steps.SendAsync("ask", "clerk", turn.Prompt(), stop)).Text;
                }
                catch (Exception)
                {
                    return "an answer that must not be";
                }
            },
        };
        foreach (var n in Enumerable.Range(1, 8)) scripts[$"m{n}"] = async (turn, stop) => (await turn.Steps.SendAsync("down", $"m{n + 1}", "on", stop)).Text;
        _host = await TestHost.StartAsync(
            ScriptedChatClient.Echo(),
            configure: options =>
            {
                options.Worker.Concurrency = 1;
                options.Conversations = new ConversationPolicy { RetryMin = TimeSpan.FromMilliseconds(10), RetryMax = TimeSpan.FromMilliseconds(20) };
            },
            services: services => scripts.AddTo(services, concurrency: 1));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_tool_that_has_answered_is_not_called_again_by_the_next_attempt()
    {
        var settled = await Conversations.CompleteAsync(To("refunds", "throws-once", "throw-once")).InTime();

        Assert.Equal(("refunded 5", 2), (settled.ReplyText(), settled.Attempts));
        var call = Assert.Single(_calls);
        Assert.Equal(("refund-1", "refund", "5"), (call.Key, call.Name, call.Arguments));
        Assert.Equal(StepRules.IdempotencyKey(ConversationId.Of("throws-once"), TurnId.Parse("1"), "refund-1"), call.IdempotencyKey);
    }

    [Fact]
    public async Task A_tool_that_throws_has_failed_and_its_module_is_told_so_in_each_attempt()
    {
        var settled = await Conversations.CompleteAsync(To("refunds", "tool-throws", "tool-throws")).InTime();

        Assert.Equal("Failed: InvalidOperationException: the shop is closed", settled.ReplyText());
        Assert.Single(_calls);
    }

    [Fact]
    public async Task A_key_that_names_another_step_is_an_error_that_says_so()
    {
        var settled = await Conversations.CompleteAsync(To("fickle", "fickle")).InTime();

        Assert.Equal(FailureKind.Module, Assert.IsType<Outcome.Failed>(settled.Outcome).Kind);
    }

    [Fact]
    public async Task A_module_asks_another_and_goes_on_with_its_reply()
    {
        var settled = await Conversations.CompleteAsync(To("boss", "asks", "form 7")).InTime();

        Assert.Equal(("clerk says: done form 7", 2), (settled.ReplyText(), settled.Attempts));
        Assert.Equal(["clerk form 7 by boss"], _runs);
        Assert.Equal("done form 7", (await Conversations.GetAsync(ConversationId.Of("asks~1~ask"), TurnId.Parse("ask"))).ReplyText());
    }

    [Fact]
    public async Task A_module_asks_a_backends_model_by_a_durable_turn() =>
        Assert.Equal("echo: hello", (await Conversations.CompleteAsync(To("caller", "model", "hello")).InTime()).ReplyText());

    [Fact]
    public async Task Why_the_other_module_failed_is_told()
    {
        var settled = await Conversations.CompleteAsync(To("boss", "fails", "throw")).InTime();

        Assert.Contains("no such form", settled.ReplyText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_who_wait_hold_no_place_of_their_module()
    {
        var waiting = Enumerable.Range(0, 5).Select(n => Conversations.CompleteAsync(To("boss", $"waits-{n}", $"wait {n}"))).ToArray();

        // One attempt of each module runs at a time here: the second boss could not have asked while the first held its place.
        await Eventually.HoldsAsync("all five have asked", async () =>
        {
            var lives = await Task.WhenAll(Enumerable.Range(0, 5).Select(n => Inspection.ExplainAsync(ConversationId.Of($"waits-{n}"), TurnId.Parse("1"))));
            return lives.All(life => life is { Attempts: [{ End: AttemptState.Suspended }], Steps: [{ State: StepState.Open }] });
        });
        _gate.Open();

        Assert.Equal(Enumerable.Range(0, 5).Select(n => $"clerk says: done wait {n}"), (await Task.WhenAll(waiting).InTime()).Select(settled => settled.ReplyText()));
    }

    [Fact]
    public async Task Several_are_asked_at_once_and_the_module_is_run_again_when_all_have_answered()
    {
        var settled = await Conversations.CompleteAsync(To("several", "several")).InTime();

        Assert.Equal("done form 0, done form 1, done form 2", settled.ReplyText());
        Assert.Equal(["several 1", "several 2"], _runs.Where(run => run.StartsWith("several", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_module_that_swallows_what_ends_its_attempt_still_waits() =>
        Assert.Equal("done x", (await Conversations.CompleteAsync(To("swallows", "swallows", "x")).InTime()).ReplyText());

    [Fact]
    public async Task A_circle_of_modules_is_refused_with_the_chain() =>
        Assert.Equal(
            "The module 'ring' would be asked by itself: ring -> ring-2 -> ring. A module may occur once in a chain.",
            (await Conversations.CompleteAsync(To("ring", "ring")).InTime()).ReplyText());

    [Fact]
    public async Task A_chain_of_modules_has_a_bounded_length() =>
        Assert.Contains("has 8 modules, the most allowed; 'm9' would be one more", (await Conversations.CompleteAsync(To("m1", "deep")).InTime()).ReplyText(), StringComparison.Ordinal);

    [Fact]
    public async Task Cancelling_a_turn_cancels_what_it_asked_for()
    {
        var request = To("boss", "cancelled", "wait for ever");
        var waits = Conversations.CompleteAsync(request);
        await Eventually.HoldsAsync("the clerk works", () => _runs.Contains("clerk wait for ever by boss"));

        await Conversations.CancelAsync(request.Conversation, request.Turn).InTime();

        Assert.IsType<Outcome.Cancelled>((await waits.InTime()).Outcome);
        await Eventually.HoldsAsync("the child is cancelled too", async () =>
            await Conversations.GetAsync(ConversationId.Of("cancelled~1~ask"), TurnId.Parse("ask")) is TurnSettled { Outcome: Outcome.Cancelled { By: CancelledBy.Parent } });
        var life = await Inspection.ExplainAsync(request.Conversation, request.Turn);
        Assert.Equal(StepState.Cancelled, Assert.Single(life!.Steps).State);
    }

    [Fact]
    public async Task A_deadline_ends_what_was_asked_for_too()
    {
        var settled = await Conversations.CompleteAsync(To("boss", "late", "wait too long") with { Deadline = TimeSpan.FromSeconds(5) }).InTime();

        Assert.Equal(FailureKind.Deadline, Assert.IsType<Outcome.Failed>(settled.Outcome).Kind);
        await Eventually.HoldsAsync("the child has ended", async () =>
            await Conversations.GetAsync(ConversationId.Of("late~1~ask"), TurnId.Parse("ask")) is TurnSettled { Outcome: Outcome.Failed or Outcome.Cancelled });
    }

    [Fact]
    public async Task The_life_of_a_turn_shows_its_steps_as_a_tree()
    {
        await Conversations.CompleteAsync(To("boss", "tree", "form 1")).InTime();
        await Conversations.CompleteAsync(To("refunds", "tool-tree", "x")).InTime();

        var life = await Inspection.ExplainAsync(ConversationId.Of("tree"), TurnId.Parse("1"));
        var step = Assert.Single(life!.Steps);
        Assert.Equal(("ask", StepKind.Child, "clerk", StepState.Done, "default/tree~1~ask"), (step.Key, step.Kind, step.Name, step.State, step.Conversation));
        Assert.Equal([AttemptState.Suspended, AttemptState.Committed], life.Attempts.Select(attempt => attempt.End));
        Assert.Equal((TurnState.Committed, new ParentLife("default/tree", "1", "ask")), (step.Child!.State, step.Child.Parent));

        var tool = Assert.Single((await Inspection.ExplainAsync(ConversationId.Of("tool-tree"), TurnId.Parse("1")))!.Steps);
        Assert.Equal(("refund-1", StepKind.Tool, "refund", StepState.Done, 1), (tool.Key, tool.Kind, tool.Name, tool.State, tool.Attempt));
    }

    [Fact]
    public async Task A_turn_without_steps_writes_what_it_always_wrote()
    {
        await Conversations.CompleteAsync(Turns.Turn("plain", "1", "hello")).InTime();
        await Conversations.CompleteAsync(To("clerk", "plain-module", "form")).InTime();

        var rows = (await Inspection.ListAsync(new ConversationFilter(null, null, 100))).Conversations.ToDictionary(row => row.Conversation, row => row.Events);
        Assert.Equal((2L, 2L), (rows["default/plain"], rows["default/plain-module"]));
    }

    private async Task<string> RefundAsync(ModuleTurn turn, CancellationToken stop)
    {
        var result = await turn.Steps.ToolAsync("refund-1", "refund", "5", (call, _) =>
        {
            _calls.Enqueue(call);
            return turn.Prompt() == "tool-throws" ? throw new InvalidOperationException("the shop is closed") : Task.FromResult($"refunded {call.Arguments}");
        }, stop);
        if (turn.Prompt() == "throw-once" && turn.Attempt == 1) throw new InvalidOperationException("after the tool");
        return result.Outcome == StepOutcome.Failed ? $"Failed: {result.Text}" : result.Text;
    }
}
