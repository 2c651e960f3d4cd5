using System.Collections.Concurrent;
using System.Text.Json;

namespace ActorLlm.Clients.Tests.Support;

/// <summary>The programs under <c>npm/</c>, one for each client. Each runs once, with all of its checks at the same time.</summary>
/// <param name="packages">Ends when the clients are installed.</param>
/// <param name="nodes">The nodes' base addresses.</param>
/// <param name="simulator">Where the model's calls are counted.</param>
internal sealed class NpmPrograms(Task packages, IReadOnlyList<Uri> nodes, Uri simulator)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<NpmRun>>> _runs = new();
    private readonly string _config = JsonSerializer.Serialize(new
    {
        nodes = nodes.Select(node => node.AbsoluteUri),
        simulator = simulator.GetLeftPart(UriPartial.Authority),
    });

    /// <summary>The outcome of all checks of a client's program; the first call starts them.</summary>
    /// <param name="program">The program's name without <c>.mjs</c>.</param>
    /// <param name="checks">Their names.</param>
    public Task<NpmRun> RunOnceAsync(string program, IReadOnlyList<string> checks) =>
        _runs.GetOrAdd(program, _ => new(() => RunAsync(program, checks, onLine: null))).Value;

    /// <summary>Runs some checks of a client's program.</summary>
    /// <param name="program">The program's name without <c>.mjs</c>.</param>
    /// <param name="checks">Their names.</param>
    /// <param name="onLine">Called for each line of JSON that is not the outcome of a check.</param>
    public async Task<NpmRun> RunAsync(string program, IReadOnlyList<string> checks, Action<JsonElement>? onLine)
    {
        await packages;
        return await NpmRun.RunAsync([Path.Combine(NpmPackages.Folder, program + ".mjs"), _config, .. checks], onLine);
    }

    /// <summary>Ends when no program runs any more.</summary>
    public async Task EndedAsync()
    {
        foreach (var run in _runs.Values.Where(run => run.IsValueCreated))
            await run.Value.ContinueWith(_ => { }, TaskScheduler.Default);
        await packages.ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
