using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Plans;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Running;

/// <summary>What one run came to.</summary>
internal sealed record SeedResult(ulong Seed, IReadOnlyList<Violation> Violations, Counts Counts, ulong TraceHash, int Deliveries, History History);

/// <summary>Runs one plan and checks it.</summary>
internal static class SeedRun
{
    public static SeedResult Run(ulong seed, Canary canary = Canary.None, Action<string>? trace = null) => Run(PlanMaker.Make(seed), canary, trace);

    public static SeedResult Run(Plan plan, Canary canary = Canary.None, Action<string>? trace = null)
    {
        var world = new World(plan, canary, trace is null ? null : new Trace(trace));
        world.Run();
        return new SeedResult(plan.Seed, Checker.Check(world.History), world.Counts, world.TraceHash, world.Deliveries, world.History);
    }
}
