using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using ActorLlm.Processes;
using ActorLlm.Testing;

namespace ActorLlm.Node.Tests;

/// <summary>The dashboard, the alert rules and the exporters, with what they are made for.</summary>
public sealed class ObservabilityTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorllm-test-");

    private static string Files { get; } = Path.Combine(Repository(), "deploy", "observability");

    public void Dispose() => _folder.Delete(recursive: true);

    [PrometheusFact]
    public async Task Each_alert_is_valid_and_fires_in_its_bad_night_and_in_no_good_one()
    {
        foreach (var arguments in new string[][] { ["check", "config", "prometheus.yml"], ["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"] })
        {
            var result = await CommandRunner.RunAsync(["promtool", .. arguments[..2], Path.Combine(Files, arguments[2])]);
            Assert.True(result.ExitCode == 0, result.Output);
        }

        var tests = await File.ReadAllTextAsync(Path.Combine(Files, "alerts.test.yml"));
        var operations = await File.ReadAllTextAsync(Path.Combine(Repository(), "docs", "operations.md"));
        Assert.All(Alerts(), alert =>
        {
            Assert.Contains($"alertname: {alert}\n        exp_alerts:", tests, StringComparison.Ordinal);
            Assert.Contains($"{{ eval_time: 50m, alertname: {alert} }}", tests, StringComparison.Ordinal);
            Assert.Contains($"| `{alert}` |", operations, StringComparison.Ordinal);
        });
    }

    [PrometheusFact]
    public async Task Every_expression_of_the_dashboard_and_of_the_alerts_has_data_of_a_node_that_works()
    {
        var ports = LoopbackPorts.Free(2);
        await using var node = await NodeProcess.StartReadyAsync(Settings($"http://127.0.0.1:{ports[0]}"));
        using var prometheus = await PrometheusProcess.StartAsync(_folder, ports[1], ports[0]);

        // Everything that is measured happens more than once, so that there is a rate of it.
        var questions = new[]
        {
            """{"stream":true,"messages":[{"role":"user","content":"Hello"}]}""",
            """{"stream":true,"store":false,"messages":[{"role":"user","content":"Hello"}]}""",
            """{"messages":[{"role":"user","content":"Hello [[fault status=503 first=1]]"}]}""",
        };
        var missing = Expressions();
        var started = TimeProvider.System.GetTimestamp();
        while (missing.Count > 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Deadline, $"No data for: {string.Join("\n", missing)}");
            foreach (var question in questions) await AskAsync(node, question);
            var still = new List<string>();
            foreach (var expression in missing)
            {
                if (!await prometheus.HasDataAsync(expression)) still.Add(expression);
            }

            missing = still;
        }

        Assert.True(await prometheus.HasDataAsync("""actorllm_database_reachable == 1"""));
        Assert.False(await prometheus.HasDataAsync("""{__name__=~"(actorllm|gen_ai).*",gen_ai_conversation_id!=""}"""));
    }

    [Fact]
    public async Task The_metrics_are_not_served_where_clients_ask()
    {
        var port = LoopbackPorts.Free()[0];
        await using var node = await NodeProcess.StartReadyAsync(Settings($"http://127.0.0.1:{port}"));
        using var client = new HttpClient();

        Assert.Contains("actorllm_", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri(node.Address, "metrics"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"http://127.0.0.1:{port}/v1/models"))).StatusCode);
    }

    [Theory]
    [InlineData("9464", "expected is an address to listen on")]
    [InlineData("http://127.0.0.1:9464/metrics", "expected is an address to listen on")]
    [InlineData("http://192.0.2.1:9464", "cannot listen")]
    public async Task An_address_for_metrics_that_cannot_be_one_is_named_at_start(string url, string complaint)
    {
        await using var node = NodeProcess.Start(Settings(url));

        Assert.Equal(1, await node.Exited.WaitAsync(Deadline));
        Assert.Contains(node.Output, line => line.Contains("ActorLlm:Telemetry:Prometheus:Url", StringComparison.Ordinal) && line.Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collector_gets_one_trace_of_a_request_from_every_node_that_worked_on_it()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        await using var collector = OtlpCollector.Start();
        var database = await (await TestPostgres.SharedAsync()).CreateDatabaseAsync();
        await using var simulator = await SimulatorProcess.StartAsync();
        await using var gateway = await StartAsync("gateway");
        await using var holder = await StartAsync("conversation");
        await using var worker = await StartAsync("worker");

        using var client = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = new StringContent("""{"messages":[{"role":"user","content":"Hello [[fault status=503 first=1]]"}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        foreach (var (node, span) in new[] { ("gateway", "turn"), ("conversation", "accept"), ("conversation", "commit"), ("worker", "attempt") })
            await collector.AwaitAsync(Convert.FromHexString(trace), node, span);

        Task<NodeProcess> StartAsync(string role) => NodeProcess.StartReadyAsync(new Dictionary<string, string>
        {
            ["ActorLlm:Postgres"] = database,
            ["ActorLlm:Roles:0"] = role,
            ["ActorLlm:Backends:main:Type"] = "OpenAI",
            ["ActorLlm:Backends:main:Models:0"] = "simulator",
            ["ActorLlm:Backends:main:Endpoint"] = simulator.Endpoint.ToString(),
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"test.node=node-of-{role}",
        });
    }

    private static async Task AskAsync(NodeProcess node, string question)
    {
        using var client = new HttpClient { BaseAddress = node.Address };
        using var answer = await client.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), new StringContent(question, Encoding.UTF8, "application/json"));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static List<string> Expressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Files, "dashboard.json")));
        var expressions = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.TryGetProperty("targets", out var targets) ? targets.EnumerateArray() : Enumerable.Empty<JsonElement>())
            .Select(target => target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal))
            .ToList();
        Assert.NotEmpty(expressions);
        return expressions;
    }

    private static string[] Alerts()
    {
        string[] alerts =
        [
            .. File.ReadLines(Path.Combine(Files, "alerts.yml")).Where(line => line.Contains("- alert: ", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]),
        ];
        Assert.NotEmpty(alerts);
        return alerts;
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ActorLlm.sln"))) folder = folder.Parent;
        return folder.FullName;
    }

    private Dictionary<string, string> Settings(string prometheus) => new()
    {
        ["ActorLlm:Sqlite"] = Path.Combine(_folder.FullName, "actorllm.db"),
        ["ActorLlm:Backends:main:Type"] = "Simulator",
        ["ActorLlm:Backends:main:Models:0"] = "simulator",
        ["ActorLlm:Conversations:RetryMin"] = "00:00:00.050",
        ["ActorLlm:Telemetry:Prometheus:Url"] = prometheus,
    };

    /// <summary>A Prometheus that reads one node each second.</summary>
    private sealed class PrometheusProcess : IDisposable
    {
        private readonly Process _process;
        private readonly HttpClient _http;

        private PrometheusProcess(Process process, int port) =>
            (_process, _http) = (process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") });

        public static async Task<PrometheusProcess> StartAsync(DirectoryInfo folder, int port, int target)
        {
            var rules = Path.Combine(Files, "alerts.yml");
            var config = Path.Combine(folder.FullName, "prometheus.yml");
            await File.WriteAllTextAsync(config, $$"""
                global: { scrape_interval: 1s, evaluation_interval: 1s }
                rule_files: [ "{{rules}}" ]
                scrape_configs:
                  - job_name: actorllm
                    static_configs: [ { targets: [ "127.0.0.1:{{target}}" ] } ]
                """);
            var process = Process.Start(new ProcessStartInfo("prometheus",
            [
                $"--config.file={config}", $"--storage.tsdb.path={Path.Combine(folder.FullName, "tsdb")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error",
            ]))!;
            var prometheus = new PrometheusProcess(process, port);
            var started = TimeProvider.System.GetTimestamp();
            while (!await prometheus.IsReadyAsync())
            {
                Assert.True(TimeProvider.System.GetElapsedTime(started) < Deadline && !process.HasExited, "Prometheus did not start.");
                await Task.Delay(100);
            }

            return prometheus;
        }

        /// <summary>Whether an expression gives anything, and no number that is none: a quantile of nothing is NaN.</summary>
        public async Task<bool> HasDataAsync(string expression)
        {
            using var answer = JsonDocument.Parse(await _http.GetStringAsync(new Uri($"api/v1/query?query={Uri.EscapeDataString(expression)}", UriKind.Relative)));
            return answer.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Any(series => series.GetProperty("value")[1].GetString() != "NaN");
        }

        public void Dispose()
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
            _http.Dispose();
        }

        private async Task<bool> IsReadyAsync()
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri("-/ready", UriKind.Relative));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
    }
}
