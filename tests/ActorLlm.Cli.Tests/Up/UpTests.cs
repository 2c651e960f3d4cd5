using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using ActorLlm.Testing;

namespace ActorLlm.Cli.Tests.Up;

/// <summary>The real command: its own process, real nodes, a private PostgreSQL.</summary>
public sealed partial class UpTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorllm-test-");
    private readonly List<string> _lines = [];
    private TaskCompletionSource _newLine = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerProcess? _up;

    public Task InitializeAsync()
    {
        // Root's own temporary folder would keep the user postgres out.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (_up is not null)
            await _up.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [PrivatePostgresFact]
    public async Task Three_nodes_form_a_cluster_that_replies_outlives_one_of_them_and_ends_in_order()
    {
        var httpPort = Start(nodes: 3);
        await SeenAsync("Ctrl-C stops all of it.");
        await AssertRepliesAsync(httpPort + 2);

        using (var victim = System.Diagnostics.Process.GetProcessById(ProcessOf("node-2")))
            victim.Kill();
        await SeenAsync("node-2 ended (exit code 137). 2 of 3 go on;");
        await AssertRepliesAsync(httpPort);

        Assert.Equal(0, await _up!.StopAsync(Deadline));
        await SeenAsync("node-1 ended with exit code 0.");
        await SeenAsync("node-3 ended with exit code 0.");
        Assert.DoesNotContain(Lines(), line => line.Contains("was killed", StringComparison.Ordinal));
    }

    [PrivatePostgresFact]
    public async Task Neither_nodes_nor_database_outlive_a_command_that_was_killed()
    {
        var httpPort = Start(nodes: 1);
        await SeenAsync("Ctrl-C stops all of it.");
        var database = int.Parse(PostgresLine().Match(string.Join('\n', Lines())).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(LoopbackPorts.IsTaken(httpPort));
        Assert.True(LoopbackPorts.IsTaken(database));

        await _up!.KillAsync();

        await UntilAsync(() => !LoopbackPorts.IsTaken(httpPort) && !LoopbackPorts.IsTaken(database), "the ports to be free");
    }

    private int Start(int nodes)
    {
        var ports = FixedPorts.Take(3 * nodes);
        var (httpPort, clusterPort, adminPort) = (ports[0], ports[nodes], ports[2 * nodes]);
        _up = ServerProcess.Start(new ServerStart(
            "actorllm up",
            // Not the copy beside this test, whose folder lacks what the web framework of the fake nodes brings.
            Path.Combine(Path.GetDirectoryName(ProductAssembly.Find("ActorLlm.Cli"))!, "actorllm.dll"),
            ["up", "--nodes", $"{nodes}", "--http-port", $"{httpPort}", "--cluster-port", $"{clusterPort}", "--admin-port", $"{adminPort}", "--data", Path.Combine(_folder.FullName, "up")],
            _folder.FullName)
        {
            Environment = new Dictionary<string, string?> { ["ActorLlm__Backends__simulator__Type"] = "Simulator" },
            DropInherited = ["ActorLlm__", "OPENAI_"],
            OnLine = Add,
        });
        return httpPort;
    }

    /// <summary>Asks as every OpenAI client does: a 503, as while a dead node is not yet put out, is asked again with the same key.</summary>
    private static async Task AssertRepliesAsync(int port)
    {
        using var client = new HttpClient { Timeout = Deadline };
        using var deadline = new CancellationTokenSource(Deadline);
        client.DefaultRequestHeaders.Add("Idempotency-Key", $"turn-{port}");
        while (true)
        {
            using var answer = await client.PostAsJsonAsync(
                new Uri($"http://127.0.0.1:{port}/v1/chat/completions"),
                new { model = "simulator", messages = new[] { new { role = "user", content = "Hello" } } },
                deadline.Token);
            var text = await answer.Content.ReadAsStringAsync(deadline.Token);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                continue;
            Assert.True(answer.IsSuccessStatusCode, text);
            Assert.Contains("chat.completion", text, StringComparison.Ordinal);
            return;
        }
    }

    private int ProcessOf(string node) =>
        int.Parse(Regex.Match(string.Join('\n', Lines()), $@"  {node}  .*\(process (\d+),").Groups[1].Value, CultureInfo.InvariantCulture);

    private void Add(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
            _newLine.TrySetResult();
            _newLine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private string[] Lines()
    {
        lock (_lines)
            return [.. _lines];
    }

    private async Task SeenAsync(string text)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (true)
        {
            Task next;
            lock (_lines)
            {
                if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
                    return;
                next = _newLine.Task;
            }
            Assert.False(_up!.Exited.IsCompleted && !next.IsCompleted, $"It ended without '{text}':\n{string.Join('\n', Lines())}");
            await Task.WhenAny(next, _up.Exited, Task.Delay(Timeout.Infinite, deadline.Token));
            Assert.False(deadline.IsCancellationRequested, $"'{text}' did not come within {Deadline}:\n{string.Join('\n', Lines())}");
        }
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"Waited {Deadline} for {what}.");
            await timer.WaitForNextTickAsync();
        }
    }

    [GeneratedRegex(@"PostgreSQL listens on 127\.0\.0\.1:(\d+);")]
    private static partial Regex PostgresLine();
}
