using System.Globalization;
using System.Text;

namespace ActorLlm.Simulation.Canaries;

/// <summary>Every defect with the seed that caught it, in Markdown.</summary>
/// <param name="Text">The table.</param>
/// <param name="Missed">Defects that no seed caught: holes in the proof.</param>
internal sealed record CanaryTable(string Text, int Missed)
{
    /// <summary>Hunts all defects, each from the same first seed on.</summary>
    public static CanaryTable Make(ulong first, long most, TimeProvider time)
    {
        var (page, missed) = (new StringBuilder("| canary | caught by seed | after seeds | time | as |\n|---|---|---|---|---|\n"), 0);
        foreach (var canary in CanaryHunt.All)
        {
            if (CanaryHunt.Find(canary, first, most, time) is { } caught)
            {
                page.Append(CultureInfo.InvariantCulture, $"| {canary} | {caught.Seed} | {caught.SeedsTried} | {caught.Took.TotalSeconds:0.00} s | {caught.Violation.Rule} |\n");
                continue;
            }

            missed++;
            page.Append(CultureInfo.InvariantCulture, $"| {canary} | **not caught** | {most} | | |\n");
        }

        return new CanaryTable(page.ToString(), missed);
    }
}
