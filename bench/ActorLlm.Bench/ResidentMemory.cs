using System.Globalization;
using ActorLlm.Bench.Subjects;

namespace ActorLlm.Bench;

/// <summary>Bytes of memory for each conversation that has had one turn and rests.</summary>
internal static class ResidentMemory
{
    private const int Conversations = 100_000;

    // Two strings of 200 one-byte characters, which .NET holds in two bytes each.
    private static readonly int TextBytes = 2 * (Workload.Question.Length + Workload.Answer.Length);

    public static async Task<string> MeasureAsync()
    {
        var folder = Directory.CreateTempSubdirectory("actorllm-bench-").FullName;
        await using var subject = await ActorLlmSubject.StartAsync(
            "ActorLlm", traced: null, options => options.Sqlite = Path.Combine(folder, "actorllm.db"), new ServiceTime(TimeSpan.Zero));
        for (var i = 0; i < 1000; i++) await subject.TurnAsync(-1 - i, 0);
        var before = Live();
        foreach (var chunk in Enumerable.Range(0, Conversations).Chunk(500))
            await Task.WhenAll(chunk.Select(i => subject.TurnAsync(i, 0)));
        var perConversation = (Live() - before) / (double)Conversations;
        Directory.Delete(folder, recursive: true);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"## Resident memory\n\n{Conversations} idle conversations of one turn: {perConversation:0} bytes each, {perConversation - TextBytes:0} beyond their text; {Environment.WorkingSet / 1048576} MiB working set of the process.\n");
    }

    private static long Live()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
