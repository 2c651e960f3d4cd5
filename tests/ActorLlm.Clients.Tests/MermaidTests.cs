using System.Text.Json;
using ActorLlm.Clients.Tests.Support;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;
using ActorLlm.Processes;

namespace ActorLlm.Clients.Tests;

/// <summary>The sequence diagrams of <c>actorllm explain --mermaid</c>, read by Mermaid itself.</summary>
public sealed class MermaidTests
{
    private const string First = "10.0.0.1:4053";
    private const string Second = "10.0.0.2:4053";

    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private static readonly AttemptLife Lost = new(
        1, AttemptState.WorkerLost, "no sign of life for 10 s", Second, "main", null, Noon.AddMilliseconds(12), Noon.AddMilliseconds(14), Noon.AddMilliseconds(320), Noon.AddSeconds(10.4),
        Noon.AddSeconds(10.4), null, null);

    private static readonly AttemptLife Committed = new(
        2, AttemptState.Committed, "", First, "main", "simulator", Noon.AddSeconds(10.41), Noon.AddSeconds(10.411), Noon.AddSeconds(10.7), Noon.AddSeconds(12.5), null, 9, 32);

    private static readonly TurnLife Repeated = new(
        "default/demo", "turn-1", TurnState.Committed, Noon, null, "simulator", First, 0, [Lost, Committed], Noon.AddMilliseconds(12_520), "stop", Noon.AddSeconds(12.6), null, null);

    /// <summary>What could be taken for the language's own, or end a statement.</summary>
    private const string Evil = "a; b#35;\nNote over x: <script>alert('1')</script> end %%{init: {}}%% ->> -x : \"\" 世界 \U0001F600";

    [NpmFact]
    public async Task A_turn_that_was_repeated_is_drawn_from_what_happened()
    {
        var drawn = await ReadAsync(Repeated);

        Assert.Equal(["client", "conversation<br/>default/demo<br/>lives on 10.0.0.1:4053", "worker<br/>10.0.0.2:4053", "worker<br/>10.0.0.1:4053", "backend<br/>main"], drawn.Actors);
        Assert.Equal(
            [
                "client>home: turn turn-1, model simulator", "home>home: accepted, durable at 2026-11-28 12:00:00.000 UTC",
                "home>worker1: attempt 1, +12 ms", "worker1>backend1: call, +14 ms", "backend1>worker1: first text, +320 ms",
                "worker1>home: worker lost: no sign of life for 10 s, +10.4 s", "home>home: next attempt not before +10.4 s",
                "home>worker2: attempt 2, +10.4 s", "worker2>backend1: call of simulator, +10.4 s", "backend1>worker2: first text, +10.7 s",
                "backend1>worker2: reply, 9 tokens read and 32 written, +12.5 s", "worker2>home: result of attempt 2",
                "home>home: committed (stop), durable, +12.5 s", "home>client: outcome, for whoever asks", "client>home: acknowledged, +12.6 s", "home>home: acknowledgement durable",
            ],
            drawn.Messages);
    }

    [NpmFact]
    public async Task Names_and_reasons_from_outside_are_text_and_draw_nothing()
    {
        var evil = Repeated with
        {
            Conversation = Evil,
            Turn = Evil,
            Model = Evil,
            Home = Evil,
            Outcome = Evil,
            RequeuedAs = Evil,
            Attempts = [Lost with { Reason = Evil, Node = Evil, Backend = Evil }, Committed with { Backend = "end", Node = "end", Model = Evil }],
        };

        var (drawn, plain) = (await ReadAsync(evil), await ReadAsync(Repeated with { RequeuedAs = "x", Attempts = [Lost, Committed with { Backend = "other" }] }));

        var shown = Evil.Replace('\n', ' ');
        Assert.Equal((plain.Actors.Count, plain.Messages.Count), (drawn.Actors.Count, drawn.Messages.Count));
        Assert.Contains($"worker<br/>{shown}", drawn.Actors);
        Assert.Contains("backend<br/>end", drawn.Actors);
        Assert.Contains($"client>home: turn {shown}, model {shown}", drawn.Messages);
        Assert.Contains($"worker1>home: worker lost: {shown}, +10.4 s", drawn.Messages);
    }

    [NpmFact]
    public async Task Every_way_that_a_turn_may_stand_is_a_diagram()
    {
        var ways = from state in Enum.GetValues<TurnState>() from end in Enum.GetValues<AttemptState>() select (State: state, End: end);
        var lives = ways.SelectMany(way => (TurnLife[])
        [
            Repeated with { State = way.State, Attempts = [Committed with { End = way.End }] },
            Repeated with { State = way.State, SettledAt = null, Home = null, AcknowledgedAt = null, Attempts = [new(1, way.End, "", null, null, null, null, null, null, null, null, null, null)] },
            Repeated with { State = way.State, Attempts = [], Outcome = "" },
        ]);

        Assert.All(await ReadAsync([.. lives]), drawn => Assert.NotEmpty(drawn.Messages));
    }

    [NpmFact]
    public async Task What_is_no_diagram_is_told_apart()
    {
        var text = TurnSequence.Of(Repeated, new View(TimeZoneInfo.Utc, Noon)).ToString();

        Assert.Contains("rror", (await RunAsync([text.Replace("->>", "=>>", StringComparison.Ordinal)])).Single().GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    private static async Task<Drawn> ReadAsync(TurnLife life) => (await ReadAsync([life])).Single();

    private static async Task<Drawn[]> ReadAsync(TurnLife[] lives)
    {
        var read = await RunAsync([.. lives.Select(life => TurnSequence.Of(life, new View(TimeZoneInfo.Utc, Noon)).ToString())]);
        Assert.All(read, one => Assert.False(one.TryGetProperty("error", out var error), error.ToString()));
        return
        [
            .. read.Select(one => new Drawn(
                [.. one.GetProperty("actors").EnumerateArray().Select(actor => actor.GetString()!)],
                [.. one.GetProperty("messages").EnumerateArray().Select(message => $"{Name(message, "from")}>{Name(message, "to")}: {message.GetProperty("text").GetString()}")])),
        ];
    }

    private static string? Name(JsonElement message, string end) => message.GetProperty(end).GetString();

    private static async Task<JsonElement[]> RunAsync(IReadOnlyList<string> diagrams)
    {
        await NpmPackages.InstallAsync();
        var run = await CommandRunner.RunAsync(["node", Path.Combine(NpmPackages.Folder, "mermaid.mjs"), .. diagrams]);
        var lines = run.Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.True(run.ExitCode == 0 && lines.Length == diagrams.Count, run.Output);
        return lines;
    }

    private sealed record Drawn(IReadOnlyList<string> Actors, IReadOnlyList<string> Messages);
}
