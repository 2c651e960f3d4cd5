using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;
using ActorLlm.Telemetry;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>What is measured, under which names, and where it is written about.</summary>
public class MetricsTests
{
    private static readonly string[] AskedOnlyByHttp =
        ["gen_ai.server.request.duration", "gen_ai.server.time_to_first_token", "gen_ai.server.time_per_output_token", "actorllm.streams.open", "actorllm.direct.calls", "actorllm.requests.rate_limited"];

    // They stand for what goes wrong, and stay silent while nothing does.
    private static readonly string[] Troubles = ["actorllm.submits.resent", "actorllm.results.resent", "actorllm.journal.writes.failed", "actorllm.tokens.repeated"];

    [Fact]
    public async Task A_turn_that_is_tried_twice_and_one_that_is_not_are_measured_everywhere_on_their_way()
    {
        using var measured = new Measured();
        var log = new CallLog();
        await using var host = await TestHost.StartAsync(new ScriptedChatClient(Script, log), configure: options =>
            options.Conversations = options.Conversations with { RetryMin = TimeSpan.FromMilliseconds(20), RetryMax = TimeSpan.FromMilliseconds(50) });

        await host.Conversations.CompleteAsync(Turn("talk", "1", "plain")).InTime();
        await host.Conversations.CompleteAsync(Turn("talk", "2", "fails once")).InTime();

        string[] expected = [.. Instruments().Select(instrument => instrument.Name).Except(AskedOnlyByHttp).Except(Troubles)];
        await Eventually.HoldsAsync($"all are measured but {string.Join(", ", expected.Except(measured.Names))}", () => expected.All(measured.Names.Contains));
        Assert.Contains(measured.Of("actorllm.attempts"), tags => tags.Contains("actorllm.outcome=provider_failed", StringComparison.Ordinal));
        Assert.Contains(measured.Of("gen_ai.client.operation.duration"), tags => tags.Contains("error.type=503", StringComparison.Ordinal));
        Assert.All(measured.Everything, tags => Assert.DoesNotContain("talk", tags, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tokens_of_a_reply_that_came_too_late_are_counted_as_spent_twice()
    {
        using var measured = new Measured();
        var gate = new Gate();
        var log = new CallLog();
        await using var host = await TestHost.StartAsync(new ScriptedChatClient((call, stop) => DeafAsync(gate), log));
        var reply = host.Conversations.CompleteAsync(Turn("late", "1", "Hello"));
        await Eventually.HoldsAsync("the attempt runs", () => log.All.Count == 1);

        await host.Conversations.CancelAsync(Domain.ConversationId.Of("late"), Domain.TurnId.Parse("1")).InTime();
        await reply.InTime();
        var before = measured.Sum("actorllm.tokens.repeated");
        var end = new AttemptEnd.Succeeded(new Reply("late", "m", "b", "stop", new Usage(3, 2)));
        var region = Akka.Cluster.Sharding.ClusterSharding.Get(host.System).ShardRegion("conversation");
        region.Tell(new AttemptResult(new AttemptKey(Domain.ConversationId.Of("late"), Domain.TurnId.Parse("1"), 1), end), Akka.Actor.ActorRefs.NoSender);

        await Eventually.HoldsAsync("they are counted", () => measured.Sum("actorllm.tokens.repeated") - before >= 5);
        gate.Open();
    }

    [Fact]
    public void Every_instrument_and_every_span_is_written_about_with_its_unit()
    {
        var text = File.ReadAllText(Path.Combine(Repository(), "docs", "telemetry.md"));

        Assert.All(Instruments(), instrument => Assert.Contains($"| `{instrument.Name}` | {instrument.Unit} |", text, StringComparison.Ordinal));
        Assert.All(
            new[] { Names.TurnSpan, Names.AcceptSpan, Names.AttemptSpan, Names.LostAttemptSpan, Names.CommitSpan, "chat {model}" },
            span => Assert.Contains($"| `{span}` |", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Names_and_units_follow_the_conventions()
    {
        var instruments = Instruments();

        Assert.All(instruments, instrument => Assert.Matches("^(gen_ai|actorllm)(\\.[a-z_]+)+$", instrument.Name));
        Assert.All(instruments, instrument => Assert.Matches("^(s|By|\\{[a-z]+\\})$", instrument.Unit));
        Assert.All(instruments, instrument => Assert.False(string.IsNullOrEmpty(instrument.Description), instrument.Name));
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ActorLlm.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    /// <summary>All that there are: the rooms make them when they are first used, so here each class of them is.</summary>
    private static IReadOnlyList<Instrument> Instruments()
    {
        var found = new ConcurrentDictionary<string, Instrument>();
        foreach (var type in typeof(Sources).Assembly.GetTypes()) RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter == Sources.Meter) found[instrument.Name] = instrument;
            },
        };
        listener.Start();
        Assert.NotEmpty(found);
        return [.. found.Values];
    }

    private static async IAsyncEnumerable<string> Script(Call call, [EnumeratorCancellation] CancellationToken stop)
    {
        await Task.Yield();
        stop.ThrowIfCancellationRequested();
        if (call is { Prompt: "fails once", Number: 1 }) throw new BackendException(new BackendFailure(BackendFailureKind.Provider, "down", 503));
        yield return $"{call.Prompt}!";
    }

    private static async IAsyncEnumerable<string> DeafAsync(Gate gate)
    {
        await gate.PassAsync(CancellationToken.None);
        yield return "late";
    }

    /// <summary>Listens as an exporter does; other tests of this process are heard too.</summary>
    private sealed class Measured : IDisposable
    {
        private readonly ConcurrentQueue<(string Name, double Value, string Tags)> _all = new();
        private readonly MeterListener _listener = new();

        public Measured()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == ActorLlmTelemetry.MeterName) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        public IReadOnlyCollection<string> Names => [.. _all.Select(entry => entry.Name).Distinct()];

        public IReadOnlyList<string> Everything => [.. _all.Select(entry => entry.Tags)];

        public IReadOnlyList<string> Of(string name) => [.. _all.Where(entry => entry.Name == name).Select(entry => entry.Tags)];

        public double Sum(string name) => _all.Where(entry => entry.Name == name).Sum(entry => entry.Value);

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = "";
            foreach (var (name, label) in tags) text += $"{name}={label};";
            _all.Enqueue((instrument.Name, value, text));
        }
    }
}
