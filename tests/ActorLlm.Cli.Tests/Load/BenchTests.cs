using System.Text.Json;
using ActorLlm.Cli.Load;
using ActorLlm.Cli.Tests.Fakes;

namespace ActorLlm.Cli.Tests.Load;

public sealed class BenchTests
{
    [Fact]
    public async Task Turns_are_compared_with_direct_calls_of_the_same_load()
    {
        await using var node = await FakeNode.AnswersAsync("{}");
        await using var backend = await FakeNode.AnswersAsync("""{"data":[{"id":"small"}]}""");

        var ran = await Fakes.Cli.RunAsync("bench", "--turns", "20", "--concurrency", "4", "--url", node.Url, "--backend-url", $"{backend.Url}/v1", "--json");

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
        var result = JsonDocument.Parse(ran.Output).RootElement;
        Assert.Equal((20, 20), (result.GetProperty("turns").GetProperty("calls").GetInt32(), result.GetProperty("direct").GetProperty("calls").GetInt32()));
        // One more of each beforehand, and the list of models.
        Assert.Equal((21, 22), (node.Requests.Count, backend.Requests.Count));
        Assert.Equal(["/v1/models", "/v1/chat/completions"], backend.Requests.Select(request => request.Path).Distinct());
        Assert.Equal(5, node.Requests.Select(request => request.Headers["X-Conversation-Id"]).Distinct().Count());
        Assert.All(backend.Requests.Skip(1), request => Assert.Contains("\"model\":\"small\"", request.Body, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Turns_that_fail_are_counted_and_end_it_with_1()
    {
        var asked = 0;
        await using var node = await FakeNode.StartAsync(http =>
            Interlocked.Increment(ref asked) % 2 == 0 ? FakeFace.RefuseAsync(http, 500, "provider_error") : FakeNode.WriteAsync(http, "{}", 200));

        var ran = await Fakes.Cli.RunAsync("bench", "--turns", "10", "--concurrency", "1", "--url", node.Url);

        Assert.Equal(ExitCode.Failure, ran.ExitCode);
        Assert.Matches(@"turns +5 +5 ", ran.Output);
        Assert.Contains("failed: That cannot be.", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_load_is_sent_to_another_machine_that_only_the_environment_names()
    {
        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("", ("ACTORLLM_URL", "http://10.0.0.1:8080")), "bench");

        Assert.Equal(ExitCode.Usage, ran.ExitCode);
        Assert.Contains("a load is sent there only where --url says so", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Latencies_are_told_as_percentiles_and_as_ratios()
    {
        var turns = Figures.Of([.. Enumerable.Range(1, 100).Select(one => TimeSpan.FromMilliseconds(one * 2))], [], TimeSpan.FromSeconds(2));
        var direct = Figures.Of([.. Enumerable.Range(1, 100).Select(one => TimeSpan.FromMilliseconds(one))], [], TimeSpan.FromSeconds(1));

        Assert.Equal(
            """
            4 at once

                          CALLS  FAILED  PER SECOND     P50     P95     P99  LONGEST
            turns           100       0        50.0  100 ms  190 ms  198 ms   200 ms
            direct calls    100       0       100.0   50 ms   95 ms   99 ms   100 ms
            ratio                              0.50    2.00    2.00    2.00     2.00
            """,
            new BenchResult(4, turns, direct).ToText());
    }
}
