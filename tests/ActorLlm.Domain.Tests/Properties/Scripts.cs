using FsCheck;
using FsCheck.Fluent;

namespace ActorLlm.Domain.Tests.Properties;

/// <summary>Random scripts of steps. Those that fail shrink by leaving steps out.</summary>
public static class Scripts
{
    public static Arbitrary<Step[]> Any(int longest = 150)
    {
        var kind = Gen.Frequency(
            (5, Gen.Constant(StepKind.Submit)),
            (1, Gen.Constant(StepKind.Cancel)),
            (2, Gen.Constant(StepKind.Acknowledge)),
            (2, Gen.Constant(StepKind.Edit)),
            (3, Gen.Constant(StepKind.Succeed)),
            (6, Gen.Constant(StepKind.Fail)),
            (3, Gen.Constant(StepKind.Beat)),
            (3, Gen.Constant(StepKind.Tool)),
            (2, Gen.Constant(StepKind.Await)),
            (2, Gen.Constant(StepKind.Suspend)),
            (2, Gen.Constant(StepKind.Answer)),
            (22, Gen.Constant(StepKind.Deliver)),
            (1, Gen.Constant(StepKind.Lose)),
            (3, Gen.Constant(StepKind.Wait)),
            (1, Gen.Constant(StepKind.Crash)));
        var step =
            from k in kind
            from choice in Gen.Choose(0, 9999)
            from dice in Gen.Choose(0, 999)
            select new Step(k, choice, dice);
        return Arb.From(Gen.Choose(1, longest).SelectMany(length => step.ArrayOf(length)), Shrink);
    }

    private static IEnumerable<Step[]> Shrink(Step[] script)
    {
        for (var part = script.Length / 2; part > 0; part /= 2)
        {
            for (var from = 0; from + part <= script.Length; from += part)
                yield return [.. script[..from], .. script[(from + part)..]];
        }
    }
}
