using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Plans;

/// <summary>Makes the plan of a seed.</summary>
internal static class PlanMaker
{
    private const int MaxFaults = 9;

    // With one more, a result that is sent again after 1, 2 and 4 s may come too late for the shortest silence that is allowed.
    private const int MaxMildFaults = 2;

    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();

    public static Plan Make(ulong seed)
    {
        var dice = Dice.For(seed, 1);
        var weather = dice.Below(8) switch { 0 => Weather.Calm, 1 => Weather.Mild, _ => Weather.Stormy };
        var nodes = dice.Between(2, 4);
        var conversations = dice.Between(1, dice.Chance(50) ? 2 : 6);
        var callers = dice.Between(1, 4);
        var span = dice.Between(3, 20) * 1000;
        return new Plan
        {
            Seed = seed,
            Weather = weather,
            Nodes = nodes,
            Conversations = conversations,
            Callers = callers,
            WorkerConcurrency = dice.Between(1, 3),
            SnapshotEvery = dice.Chance(30) ? int.MaxValue : dice.Between(1, 6),
            Policy = PolicyOf(dice),
            ModelMs = dice.Chance(15) ? 25_000 : dice.Between(100, 3000),
            ModelFailsPercent = weather == Weather.Stormy && dice.Chance(40) ? dice.Between(5, 40) : 0,
            Wire = dice.Below(16) == 0,
            HealAt = span + 1000,
            Steps = StepsOf(dice, conversations, callers, nodes, span, weather),
            Faults = weather switch
            {
                Weather.Calm => [],
                Weather.Mild => [.. Enumerable.Range(0, dice.Between(1, MaxMildFaults)).Select(_ => Mild(dice, span))],
                _ => [.. Enumerable.Range(0, dice.Between(1, MaxFaults)).Select(_ => Any(dice, span))],
            },
        };
    }

    private static ConversationPolicy PolicyOf(Dice dice) => ConversationPolicy.Default with
    {
        MaxPendingTurns = dice.Chance(20) ? dice.Between(1, 3) : 100,
        RetryMin = TimeSpan.FromMilliseconds(dice.Chance(50) ? 500 : 100),
        RetryMax = TimeSpan.FromSeconds(dice.Between(2, 10)),
        Silence = TimeSpan.FromSeconds(dice.Chance(70) ? 10 : dice.Between(5, 9)),
        TimeToLive = dice.Chance(80) ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(dice.Between(20, 60)),
    };

    private static Step[] StepsOf(Dice dice, int conversations, int callers, int nodes, int span, Weather weather)
    {
        var steps = new List<Step>();
        for (var conversation = 0; conversation < conversations; conversation++)
        {
            var turns = dice.Between(1, 5);
            for (var turn = 0; turn < turns; turn++)
            {
                var at = dice.Between(0, span);
                var submit = new Step(
                    at, StepKind.Submit, dice.Below(callers), conversation, turn, dice.Below(40) == 0 ? ContentKind.Poison : ContentKind.Own,
                    dice.Below(12) switch { 0 => OverlapPolicy.Reject, 1 => OverlapPolicy.Interrupt, _ => OverlapPolicy.Enqueue },
                    dice.Below(10) == 0 ? dice.Between(500, 20_000) : 0, dice.Chance(30), dice.Chance(30), dice.Below(nodes));
                steps.Add(submit);
                Follow(dice, steps, submit, callers, nodes, span);
            }

            if (dice.Below(40) == 0)
            {
                steps.Add(new Step(
                    dice.Between(0, span), StepKind.Submit, dice.Below(callers), conversation, turns, ContentKind.Oversize, OverlapPolicy.Enqueue, 0,
                    false, false, dice.Below(nodes)));
            }
        }

        // A cancelled or timed-out call is no proof of anything in the runs that count executions.
        return [.. (weather == Weather.Stormy ? steps : steps.Select(step => step with { DeadlineMs = 0 })).OrderBy(step => step.At)];
    }

    private static void Follow(Dice dice, List<Step> steps, Step submit, int callers, int nodes, int span)
    {
        while (dice.Chance(35))
        {
            var at = dice.Between((int)submit.At, span);
            steps.Add(dice.Below(10) switch
            {
                < 4 => submit with { At = at, Caller = dice.Below(callers), Node = dice.Below(nodes), Leaves = dice.Chance(30) },
                4 => submit with { At = at, Caller = dice.Below(callers), Content = ContentKind.Other, Node = dice.Below(nodes) },
                5 => submit with { At = at, Kind = StepKind.Cancel, Caller = dice.Below(callers), Node = dice.Below(nodes) },
                6 => submit with { At = at, Kind = StepKind.Acknowledge, Caller = dice.Below(callers), Node = dice.Below(nodes) },
                7 => submit with { At = at, Kind = StepKind.Get, Caller = dice.Below(callers), Node = dice.Below(nodes) },
                _ => submit with { At = at, Kind = StepKind.View, Caller = dice.Below(callers), Node = dice.Below(nodes) },
            });
        }
    }

    private static Fault Mild(Dice dice, int span) =>
        new(dice.Between(0, span), 0, FaultKind.LoseMessage, dice.Below(100), 0, 0);

    private static Fault Any(Dice dice, int span)
    {
        var kind = Kinds[dice.Below(Kinds.Length)];
        var length = dice.Below(3) switch { 0 => dice.Between(50, 1000), 1 => dice.Between(1000, 8000), _ => dice.Between(5000, 20_000) };
        return new Fault(dice.Between(0, span), dice.Chance(50) ? dice.Between(1, 1500) : 0, kind, dice.Below(100), length, dice.Between(5, 60));
    }
}
