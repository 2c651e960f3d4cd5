using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests;

/// <summary>What is measured of requests. Other tests of this process are heard too, so each looks for an error or a path of its own.</summary>
public class RequestMetricsTests
{
    private const string Question = """{"model":"org/sim-2","messages":[{"role":"user","content":"Hello"}]}""";
    private const string Streamed = """{"model":"org/sim-2","stream":true,"messages":[{"role":"user","content":"Hello"}]}""";

    [Fact]
    public async Task A_stream_is_measured_to_its_first_token_between_its_tokens_and_to_its_end()
    {
        using var measured = new Measured();
        await using var server = await GatewayServer.StartAsync();

        using (var answer = await server.PostAsync(Streamed)) await answer.Content.ReadAsStringAsync();

        await measured.HearAsync("gen_ai.server.time_to_first_token", "gen_ai.operation.name=chat;gen_ai.request.model=org/sim-2;");
        await measured.HearAsync("gen_ai.server.time_per_output_token", "gen_ai.operation.name=chat;gen_ai.request.model=org/sim-2;");
        await measured.HearAsync("gen_ai.server.request.duration", "gen_ai.operation.name=chat;gen_ai.request.model=org/sim-2;");
        await measured.HearAsync("actorllm.streams.open", "");
    }

    [Fact]
    public async Task A_refusal_for_too_much_at_once_is_counted_by_its_code()
    {
        using var measured = new Measured();
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => throw new TurnRejectedException(RejectionCode.Busy, "Busy.");

        using var answer = await server.PostAsync(Question);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        await measured.HearAsync("actorllm.requests.rate_limited", "actorllm.error.code=conversation_busy;");
        await measured.HearAsync("gen_ai.server.request.duration", "gen_ai.operation.name=chat;gen_ai.request.model=org/sim-2;error.type=conversation_busy;");
    }

    [Fact]
    public async Task A_model_that_is_not_configured_is_no_label()
    {
        using var measured = new Measured();
        await using var server = await GatewayServer.StartAsync();

        using var answer = await server.PostAsync("""{"model":"made-up-by-a-client","messages":[{"role":"user","content":"Hello"}]}""");
        using (await server.PostAsync(Question)) await measured.HearAsync("gen_ai.server.request.duration", "gen_ai.operation.name=chat;gen_ai.request.model=org/sim-2;");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.DoesNotContain(measured.All, tags => tags.Contains("made-up", StringComparison.Ordinal));
    }

    private sealed class Measured : IDisposable
    {
        private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

        private readonly ConcurrentQueue<(string Name, string Tags)> _heard = new();
        private readonly MeterListener _listener = new();

        public Measured()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == ActorLlmTelemetry.MeterName) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Add(instrument, tags));
            _listener.Start();
        }

        public IReadOnlyList<string> All => [.. _heard.Select(one => one.Tags)];

        /// <summary>Waits for a measurement: the last ones follow the answer.</summary>
        public async Task HearAsync(string name, string tags)
        {
            var started = TimeProvider.System.GetTimestamp();
            while (!_heard.Contains((name, tags)))
            {
                Assert.True(TimeProvider.System.GetElapsedTime(started) < Deadline, $"Not heard: {name} {tags}");
                await Task.Delay(10);
            }
        }

        public void Dispose() => _listener.Dispose();

        private void Add(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = "";
            foreach (var (name, value) in tags) text += $"{name}={value};";
            _heard.Enqueue((instrument.Name, text));
        }
    }
}
