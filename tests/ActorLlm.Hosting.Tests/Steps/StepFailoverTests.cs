using System.Collections.Concurrent;
using ActorLlm.Cluster;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Steps.ModuleTurns;
using StepOutcome = ActorLlm.Modules.StepOutcome;

namespace ActorLlm.Hosting.Tests.Steps;

/// <summary>Steps whose nodes die, on a cluster with PostgreSQL.</summary>
public sealed class StepFailoverTests
{
    private const int Turns = 30;

    private readonly ConcurrentQueue<(string Node, ToolInvocation Call)> _calls = new();
    private readonly ConcurrentQueue<string> _clerks = new();
    private readonly Gate _gate = new();

    [Theory]
    [InlineData("careful", "Unknown", 1)]
    [InlineData("bold", "Done", 2)]
    public async Task A_tool_whose_outcome_was_lost_with_its_worker_is_unknown_and_called_again_only_where_its_module_asks_to(string module, string outcome, int calls)
    {
        await using var cluster = await TestCluster.StartAsync(Node("asks") with { Roles = [Roles.Gateway, Roles.Conversation] }, Node("dies") with { Roles = [Roles.Worker] });
        var waits = cluster["asks"].Conversations.CompleteAsync(To(module, "talk"));
        await Eventually.HoldsAsync("the tool is being called", () => !_calls.IsEmpty);
        await cluster.AddAsync(Node("second") with { Roles = [Roles.Worker] });
        await cluster.FormedAsync();

        await cluster.AbortAsync("dies");

        Assert.Equal(outcome, (await waits.InTime()).ReplyText());
        Assert.Equal(calls, _calls.Count);
        Assert.Single(_calls.Select(call => call.Call.IdempotencyKey).Distinct());
        var step = Assert.Single((await cluster["asks"].Services.GetRequiredService<IInspection>().ExplainAsync(ConversationId.Of("talk"), TurnId.Parse("1")))!.Steps);
        Assert.Equal(outcome, step.State.ToString());
    }

    [Fact]
    public async Task Turns_that_were_asked_for_survive_the_nodes_of_those_who_asked_and_of_those_who_answer()
    {
        await using var cluster = await TestCluster.StartAsync(Node("first"), Node("second"), Node("dies"));
        var callers = Enumerable.Range(0, Turns).Select(n => cluster["first"].Conversations.CompleteAsync(To("boss", $"talk-{n}", $"{n}"))).ToArray();
        await Eventually.HoldsAsync("all have been asked", () => _clerks.Distinct().Count() == Turns);

        await cluster.AbortAsync("dies");
        _gate.Open();

        var settled = await Task.WhenAll(callers).InTime();
        Assert.Equal(Enumerable.Range(0, Turns).Select(n => $"clerk: {n}"), settled.Select(answer => answer.ReplyText()));
    }

    [Fact]
    public async Task Turns_that_were_asked_for_go_on_by_themselves_after_all_nodes_died()
    {
        await using var cluster = await TestCluster.StartAsync(Node("first"), Node("second"));
        foreach (var n in Enumerable.Range(0, Turns)) await cluster["first"].Conversations.SubmitAsync(To("boss", $"talk-{n}", $"{n}"));
        await Eventually.HoldsAsync("all have been asked", () => _clerks.Distinct().Count() == Turns);
        await cluster.AbortAllAsync();
        _gate.Open();

        var third = await cluster.AddAsync(Node("third"));

        foreach (var n in Enumerable.Range(0, Turns))
            Assert.Equal($"clerk: {n}", (await third.Conversations.CompleteAsync(To("boss", $"talk-{n}", $"{n}")).InTime()).ReplyText());
    }

    [Fact]
    public async Task Cancelling_reaches_what_was_asked_for_also_when_the_nodes_die_right_after_it()
    {
        await using var cluster = await TestCluster.StartAsync(Node("first"), Node("dies"));
        foreach (var n in Enumerable.Range(0, Turns)) await cluster["first"].Conversations.SubmitAsync(To("boss", $"talk-{n}", $"{n}"));
        await Eventually.HoldsAsync("all have been asked", () => _clerks.Distinct().Count() == Turns);

        await Task.WhenAll(Enumerable.Range(0, Turns).Select(n => cluster["first"].Conversations.CancelAsync(ConversationId.Of($"talk-{n}"), TurnId.Parse("1")))).InTime();
        await cluster.AbortAllAsync();
        var third = await cluster.AddAsync(Node("third"));

        // Nobody asks for the parents here: those that still owe an end are woken by what they wrote.
        await Eventually.HoldsAsync("all children are cancelled", async () =>
        {
            var children = await Task.WhenAll(Enumerable.Range(0, Turns).Select(n => third.Conversations.GetAsync(ConversationId.Of($"talk-{n}~1~ask"), TurnId.Parse("ask"))));
            return children.All(child => child is TurnSettled { Outcome: Outcome.Cancelled });
        });
    }

    private NodePlan Node(string name)
    {
        var scripts = new ModuleScripts
        {
            ["careful"] = async (turn, stop) => (await turn.Steps.ToolAsync("pay", "pay", "5", CallAsync, stop)).Outcome.ToString(),
            ["bold"] = async (turn, stop) =>
            {
                var paid = await turn.Steps.ToolAsync("pay", "pay", "5", CallAsync, stop);
                if (paid.Outcome == StepOutcome.Unknown) paid = await turn.Steps.RetryToolAsync("pay", "pay", "5", CallAsync, stop);
                return paid.Outcome.ToString();
            },
            ["boss"] = async (turn, stop) => (await turn.Steps.SendAsync("ask", "clerk", turn.Prompt(), stop)).Text,
            ["clerk"] = async (turn, stop) =>
            {
                _clerks.Enqueue(turn.Prompt());
                await _gate.PassAsync(stop);
                return $"clerk: {turn.Prompt()}";
            },
        };
        return new NodePlan(name, ScriptedChatClient.Echo(node: name))
        {
            Services = services => scripts.AddTo(services),
            Configure = options => options.Conversations = new ConversationPolicy { Silence = TimeSpan.FromSeconds(30) },
        };

        async Task<string> CallAsync(ToolInvocation call, CancellationToken stop)
        {
            _calls.Enqueue((name, call));
            if (name == "dies") await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return "paid";
        }
    }
}
