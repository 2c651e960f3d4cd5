using ActorLlm.Chaos.Network;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>What this machine can inject.</summary>
internal static class Machine
{
    /// <summary>The kinds of a run: those asked for, or else all that this machine can inject.</summary>
    /// <param name="asked">The kinds asked for by name; null for none in particular.</param>
    /// <param name="output">Where it is told what is left out.</param>
    /// <exception cref="UserErrorException">One that was asked for by name needs what this machine does not have.</exception>
    public static IReadOnlyList<FaultKind> Choose(IReadOnlyList<FaultKind>? asked, TextWriter output) => Choose(asked, Missing, output);

    /// <param name="asked">The kinds asked for by name; null for none in particular.</param>
    /// <param name="missing">What is missing for something that is needed; null for nothing.</param>
    /// <param name="output">Where it is told what is left out.</param>
    internal static IReadOnlyList<FaultKind> Choose(IReadOnlyList<FaultKind>? asked, Func<Needs, string?> missing, TextWriter output)
    {
        var kinds = (asked ?? [.. FaultCatalog.Default]).ToLookup(kind => missing(kind.Needs));
        foreach (var impossible in kinds.Where(group => group.Key is not null))
        {
            var names = string.Join(", ", impossible.Select(kind => kind.Name));
            var possible = string.Join(",", FaultCatalog.Default.Where(kind => missing(kind.Needs) is null).Select(kind => kind.Group).Distinct());
            if (asked is not null)
                throw new UserErrorException($"{names}: this machine lacks {impossible.Key}. Provide it, or leave these faults out: --faults {possible}");
            output.WriteLine($"Left out, as this machine lacks {impossible.Key}: {names}.");
        }
        return [.. kinds[null]];
    }

    private static string? Missing(Needs needs) =>
        (needs.HasFlag(Needs.Namespaces) ? NodeNetwork.Missing() : null)
        ?? (needs.HasFlag(Needs.FakeClocks) ? NodeClock.Missing() : null)
        ?? (needs.HasFlag(Needs.SmallDisk) ? SmallDisk.Missing() : null);
}
