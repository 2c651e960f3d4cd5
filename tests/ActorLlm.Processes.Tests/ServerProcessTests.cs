using System.Net.Http.Json;
using ActorLlm.Testing;

namespace ActorLlm.Processes.Tests;

/// <summary>Against the simulator, the smallest server process that there is.</summary>
public sealed class ServerProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorllm-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_server_is_waited_for_and_ends_in_order_when_asked()
    {
        var url = FreeUrl();
        await using var server = Start(url);

        await server.WaitHealthyAsync(new Uri(url, "healthz/live"), TimeSpan.FromSeconds(30));
        var exitCode = await server.StopAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(0, exitCode);
        Assert.NotEmpty(server.Tail);
        Assert.Equal(server.Tail, await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "log")));
    }

    [Fact]
    public async Task A_server_that_cannot_start_is_told_with_its_last_words()
    {
        var url = FreeUrl();
        await using var first = Start(url);
        await first.WaitHealthyAsync(new Uri(url, "healthz/live"), TimeSpan.FromSeconds(30));
        await using var second = Start(url);

        // Not a path that the first would answer.
        var problem = await Assert.ThrowsAsync<UserErrorException>(() => second.WaitHealthyAsync(new Uri(url, "nothing"), TimeSpan.FromSeconds(30)));

        Assert.Contains("ended with exit code 1 before it was ready", problem.Message, StringComparison.Ordinal);
        Assert.Contains($"{url.Port}", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_server_is_gone_when_the_kill_returns()
    {
        await using var simulator = await SimulatorProcess.StartAsync();
        using var client = new HttpClient { BaseAddress = simulator.Address };
        using var answer = await client.PostAsJsonAsync(
            new Uri("v1/chat/completions", UriKind.Relative),
            new { model = "simulator", messages = new[] { new { role = "user", content = "Hello" } } });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());

        await simulator.KillAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("healthz/live", UriKind.Relative)));
    }

    [Fact]
    public void A_server_that_was_not_built_is_named()
    {
        var problem = Assert.Throws<UserErrorException>(() => ServerProcess.Start(new ServerStart("node-1", "missing.dll", [], _folder.FullName)));

        Assert.Contains("missing.dll is not there", problem.Message, StringComparison.Ordinal);
    }

    private static Uri FreeUrl() => new($"http://127.0.0.1:{LoopbackPorts.Free()[0]}");

    private ServerProcess Start(Uri url) =>
        ServerProcess.Start(new ServerStart("The server", ProductAssembly.Find("ActorLlm.Simulator"), ["--urls", url.ToString()], _folder.FullName)
        {
            LogFile = Path.Combine(_folder.FullName, $"log{(File.Exists(Path.Combine(_folder.FullName, "log")) ? "-2" : "")}"),
        });
}
