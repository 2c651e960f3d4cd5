using System.Text.Json;
using System.Text.RegularExpressions;
using ActorLlm.Cli.Tests.Fakes;
using ActorLlm.Inspection;

namespace ActorLlm.Cli.Tests.Clusters;

/// <summary>Every command against a real cluster.</summary>
public sealed class ClusterTests(ThreeNodes nodes) : IClassFixture<ThreeNodes>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task What_an_operator_looks_at_is_shown_by_any_node()
    {
        Assert.Matches("seen by 127.0.0.1:[0-9]+", await ShowAsync("cluster", "show"));
        Assert.Matches("[0-9]+ of [0-9]+ shards have a home", await ShowAsync("shards"));
        Assert.Matches("SHARD +NODE +CONVERSATIONS", await ShowAsync("shards", "--each"));
        Assert.Matches("127.0.0.1:[0-9]+ +0 +[0-9]+ .*simulator", await ShowAsync("workers"));
        Assert.Matches("0 bad", await ShowAsync("doctor"));
        Assert.Contains("is the coordinator", await ShowAsync("cluster", "watch", "--looks", "1"), StringComparison.Ordinal);
        Assert.Matches("The log is as it was written", await ShowAsync("audit"));
    }

    [Fact]
    public async Task A_turn_is_sent_listed_shown_explained_and_exported()
    {
        var sent = await nodes.RunAsync("send", "Where is my parcel? [[reply tokens=8]]", "-c", "parcel", "--key", "first");
        Assert.Equal((ExitCode.Success, ""), (sent.ExitCode, sent.Error));
        var again = await nodes.RunAsync("send", "Where is my parcel? [[reply tokens=8]]", "-c", "parcel", "--key", "first");
        Assert.Equal(sent.Output, again.Output);

        Assert.Contains("default/parcel", await ShowAsync("conversations", "list"), StringComparison.Ordinal);
        Assert.Matches("first +committed +1 ", await ShowAsync("conversations", "show", "parcel"));
        var life = JsonSerializer.Deserialize<TurnLife>(await ShowAsync("explain", "first", "-c", "parcel", "--json"), AdminApi.Json)!;
        Assert.Equal((TurnState.Committed, 1), (life.State, life.Attempts.Count));
        Assert.Contains(life.Attempts[0].Node, nodes.Places);
        Assert.Matches("repeated +nothing", await ShowAsync("explain", "first", "-c", "parcel"));
        Assert.Contains("Where is my parcel?", await ShowAsync("conversations", "export", "parcel"), StringComparison.Ordinal);
        Assert.Contains("export", await ShowAsync("audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_is_cancelled_and_runs_again_as_another_one()
    {
        var waiting = nodes.RunAsync("send", "[[reply ttft=60000]]", "-c", "slow", "--key", "stuck");
        await UntilAsync(async () => (await nodes.RunAsync("explain", "stuck", "-c", "slow")).ExitCode == ExitCode.Success);

        Assert.Contains("stuck of default/slow: cancelled", await ShowAsync("conversations", "cancel", "stuck", "-c", "slow", "--yes"), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, (await waiting).ExitCode);
        var requeued = await ShowAsync("conversations", "requeue", "stuck", "-c", "slow", "--yes", "--json");
        var next = JsonSerializer.Deserialize<RequeueAnswer>(requeued, AdminApi.Json)!.Turn;
        Assert.Equal(requeued, await ShowAsync("conversations", "requeue", "stuck", "-c", "slow", "--yes", "--json"));
        Assert.Matches("requeued as +" + next, await ShowAsync("explain", "stuck", "-c", "slow"));
        await ShowAsync("conversations", "cancel", next, "-c", "slow", "--yes");
    }

    [Fact]
    public async Task What_does_not_exist_is_said_with_what_there_is()
    {
        var node = await nodes.RunAsync("drain", "127.0.0.1:1");
        Assert.Equal(ExitCode.NotFound, node.ExitCode);
        Assert.Contains(nodes.Places, place => node.Error.Contains(place, StringComparison.Ordinal));
        Assert.Equal(ExitCode.NotFound, (await nodes.RunAsync("conversations", "show", "nobody")).ExitCode);
        Assert.Equal(ExitCode.NotFound, (await nodes.RunAsync("explain", "nothing", "-c", "nobody")).ExitCode);
        Assert.Equal(ExitCode.NotFound, (await nodes.RunAsync("send", "Hello", "--model", "none-such")).ExitCode);
        Assert.Equal(ExitCode.Refused, (await nodes.RunAsync("workers", "--admin-key", "wrong")).ExitCode);
        var face = await nodes.RunAsync("workers", "--admin", nodes.Urls);
        Assert.Equal(ExitCode.Unreachable, face.ExitCode);
        Assert.Contains("is no admin endpoint", face.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_short_load_is_measured()
    {
        var ran = await nodes.RunAsync("bench", "--turns", "20", "--concurrency", "4", "--text", "[[reply tokens=2 ttft=1]]", "--url", nodes.Urls);

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
        Assert.Matches("turns +20 +0 ", ran.Output);
    }

    [Fact]
    public async Task A_chat_goes_on_where_its_worker_is_killed_and_the_cluster_is_seen_to_shrink()
    {
        const string Slow = "Tell me. [[reply tokens=100 ttft=50 inter=100]]";
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var terminal = nodes.Terminal($"{Slow}\n") with { Output = new Noticing(_ => true, () => begun.TrySetResult()) };
        var chat = ThreeNodes.RunAsync(terminal, "chat", "-c", "killed");
        await begun.Task.WaitAsync(Deadline);
        TurnLife? life = null;
        await UntilAsync(async () => (life = await RunningAsync("killed")) is { Attempts: [{ End: AttemptState.Running, Node: not null }] });
        var victim = life!.Attempts[0].Node!;

        await nodes.KillAsync(victim);
        Assert.Contains($"{victim} is declared dead", await ShowAsync("cluster", "down", victim, "--yes"), StringComparison.Ordinal);

        var talked = await chat;
        Assert.Equal(ExitCode.Success, talked.ExitCode);
        var explained = await ShowAsync("explain", life.Turn, "-c", "killed");
        // Where the conversation lived on that node too, nobody can say any more where its attempt ran.
        Assert.True(Regex.IsMatch(explained, $"repeated +attempt 2, since attempt 1( on {victim})? lost its worker"), explained);
        await UntilAsync(async () => !(await nodes.RunAsync("cluster", "show")).Output.Contains(victim, StringComparison.Ordinal));

        var other = JsonSerializer.Deserialize<ClusterPicture>(await ShowAsync("cluster", "show", "--json"), AdminApi.Json)!.Members[^1].Node;
        Assert.Contains("is drained", await ShowAsync("drain", other, "--patience", "30"), StringComparison.Ordinal);
        Assert.Matches($"{other} .*draining", await ShowAsync("cluster", "show"));
        Assert.Contains("takes attempts again", await ShowAsync("drain", other, "--undo"), StringComparison.Ordinal);
        Assert.Contains("leaves the cluster", await ShowAsync("cluster", "leave", other, "--yes"), StringComparison.Ordinal);
        Assert.Equal(0, await nodes.ExitedAsync(other).WaitAsync(Deadline));
        await UntilAsync(async () => !(await nodes.RunAsync("cluster", "show")).Output.Contains(other, StringComparison.Ordinal));
    }

    private async Task<TurnLife?> RunningAsync(string conversation)
    {
        var shown = await nodes.RunAsync("conversations", "show", conversation, "--json");
        if (shown.ExitCode != ExitCode.Success || JsonSerializer.Deserialize<ConversationPicture>(shown.Output, AdminApi.Json) is not { Turns: [var turn, ..] }) return null;
        var explained = await nodes.RunAsync("explain", turn.Turn, "-c", conversation, "--json");
        return explained.ExitCode == ExitCode.Success ? JsonSerializer.Deserialize<TurnLife>(explained.Output, AdminApi.Json) : null;
    }

    private async Task<string> ShowAsync(params string[] args)
    {
        var ran = await nodes.RunAsync(args);
        Assert.True(ran.ExitCode == ExitCode.Success, $"{string.Join(' ', args)} ended with {ran.ExitCode}:\n{ran.Error}{ran.Output}");
        return ran.Output.TrimEnd();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await condition()) await timer.WaitForNextTickAsync(deadline.Token);
    }
}
