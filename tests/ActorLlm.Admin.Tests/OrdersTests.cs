using System.Net;
using ActorLlm.Domain;
using ActorLlm.Inspection;

namespace ActorLlm.Admin.Tests;

public sealed class OrdersTests
{
    private const string Drain = """{"node":"10.0.0.2:4053","patienceSeconds":5}""";
    private const string Turn = """{"turn":"t1","conversation":"default/talk"}""";

    [Theory]
    [InlineData(AdminApi.Leave, "leave", "is leaving")]
    [InlineData(AdminApi.Down, "down", "is declared dead")]
    [InlineData(AdminApi.Resume, "resume", "takes attempts again")]
    public async Task An_order_about_a_node_is_carried_out_between_two_rows_of_the_audit_log(string path, string action, string outcome)
    {
        await using var admin = await AdminHost.StartAsync();
        var before = new List<AuditEntry>();
        admin.Cluster.OnOrder = (_, _) =>
        {
            before.AddRange(admin.Audit.Rows);
            return Task.CompletedTask;
        };

        var answer = await admin.PostAsync(path, $$"""{"node":"{{FakeCluster.Node}}"}""");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal([$"{action} {FakeCluster.Node}"], admin.Cluster.Done);
        var (order, result) = (Assert.Single(before), admin.Audit.Rows[1]);
        Assert.Equal(("loopback", "127.0.0.1", action, FakeCluster.Node, "", 0L), (order.Who, order.Address, order.Action, order.Target, order.Outcome, order.Of));
        Assert.Equal((order.Number, outcome), (result.Of, result.Outcome));
        Assert.Equal(2, admin.Audit.Rows.Count);
    }

    [Fact]
    public async Task A_drain_waits_as_long_as_it_was_asked_and_says_whether_the_worker_is_empty()
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.False((await (await admin.PostAsync(AdminApi.Drain, Drain)).ReadAsync<DrainAnswer>()).Empty);
        Assert.Equal(["drain for 5 10.0.0.2:4053"], admin.Cluster.Done);
        Assert.Equal("not empty after 5 s; takes no new attempts", admin.Audit.Rows[^1].Outcome);
    }

    [Fact]
    public async Task A_cancelled_turn_is_shown_as_it_is_then()
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Equal(TurnState.Cancelled, (await (await admin.PostAsync(AdminApi.Cancel, Turn)).ReadAsync<TurnLife>()).State);
        Assert.Equal(("cancel", "default/talk t1", "its outcome is Cancelled"), (admin.Audit.Rows[1].Action, admin.Audit.Rows[1].Target, admin.Audit.Rows[1].Outcome));
    }

    [Fact]
    public async Task A_failed_turn_runs_again_as_another_one_and_a_committed_one_does_not()
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Equal("t1-again", (await (await admin.PostAsync(AdminApi.Requeue, Turn)).ReadAsync<RequeueAnswer>()).Turn);
        admin.Cluster.Turns[(FakeCluster.Talk, TurnId.Parse("t1"))] = TurnState.Committed;

        Assert.Contains("has a reply", await (await admin.PostAsync(AdminApi.Requeue, Turn)).ErrorAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.StartsWith("not done: The turn t1 has a reply", admin.Audit.Rows[^1].Outcome, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AdminApi.Grant, "grant", "granted")]
    [InlineData(AdminApi.Refuse, "refuse", "refused")]
    public async Task A_decision_is_carried_out_in_the_name_of_who_sent_it_and_stands_in_the_audit_log(string path, string action, string outcome)
    {
        await using var admin = await AdminHost.StartAsync();

        var life = await (await admin.PostAsync(path, """{"turn":"t1","conversation":"default/talk","step":"over-100","note":"fine"}""")).ReadAsync<TurnLife>();

        Assert.Equal("t1", life.Turn);
        Assert.Equal([$"decide default/talk t1 over-100 {outcome} by loopback: fine"], admin.Cluster.Done);
        Assert.Equal((action, "default/talk t1 over-100", outcome), (admin.Audit.Rows[1].Action, admin.Audit.Rows[1].Target, admin.Audit.Rows[1].Outcome));
    }

    [Fact]
    public async Task A_decision_against_what_was_decided_and_one_on_nothing_are_refused()
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Contains(
            "was refused by ann",
            await (await admin.PostAsync(AdminApi.Grant, """{"turn":"t1","conversation":"default/talk","step":"decided"}""")).ErrorAsync(HttpStatusCode.Conflict),
            StringComparison.Ordinal);
        Assert.Contains(
            "The step is ''",
            await (await admin.PostAsync(AdminApi.Grant, """{"turn":"t1","conversation":"default/talk","step":""}""")).ErrorAsync(HttpStatusCode.BadRequest),
            StringComparison.Ordinal);
        Assert.Empty(admin.Cluster.Done);
    }

    [Fact]
    public async Task An_order_for_what_does_not_exist_says_what_does()
    {
        await using var admin = await AdminHost.StartAsync();

        var node = await (await admin.PostAsync(AdminApi.Leave, """{"node":"10.0.0.9:4053"}""")).ErrorAsync(HttpStatusCode.NotFound);
        var turn = await (await admin.PostAsync(AdminApi.Cancel, """{"turn":"t2","conversation":"default/talk"}""")).ErrorAsync(HttpStatusCode.NotFound);

        Assert.Contains(FakeCluster.Other, node, StringComparison.Ordinal);
        Assert.Contains("its latest are t1", turn, StringComparison.Ordinal);
        Assert.Equal(4, admin.Audit.Rows.Count);
        Assert.Empty(admin.Cluster.Done);
    }

    [Theory]
    [InlineData(AdminApi.Leave, "{}", "node")]
    [InlineData(AdminApi.Leave, """{"node":null}""", "node")]
    [InlineData(AdminApi.Leave, """{"node":""}""", "The node is empty")]
    [InlineData(AdminApi.Leave, "null", "The body is null")]
    [InlineData(AdminApi.Leave, "{", "cannot be read")]
    [InlineData(AdminApi.Drain, """{"node":"10.0.0.2:4053","patience":5}""", "patience")]
    [InlineData(AdminApi.Drain, """{"node":"10.0.0.2:4053","patienceSeconds":601}""", "patienceSeconds is 601; allowed is 0 to 600")]
    [InlineData(AdminApi.Cancel, """{"turn":"t1","conversation":"talk"}""", "The conversation is 'talk', which is no conversation")]
    [InlineData(AdminApi.Requeue, """{"turn":"chatcmpl-1"}""", "x-actorllm-turn")]
    public async Task An_order_that_is_not_understood_is_neither_carried_out_nor_written_down(string path, string json, string words)
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Contains(words, await (await admin.PostAsync(path, json)).ErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Empty(admin.Audit.Rows);
        Assert.Empty(admin.Cluster.Done);
    }

    [Fact]
    public async Task Nothing_is_done_that_cannot_be_written_down()
    {
        await using var admin = await AdminHost.StartAsync();
        admin.Audit.Fails = _ => true;

        Assert.StartsWith("Nothing was done", await (await admin.PostAsync(AdminApi.Drain, Drain)).ErrorAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await admin.Client.GetAsync($"{AdminApi.Export}?id=default/talk")).StatusCode);
        Assert.Empty(admin.Cluster.Done);
        Assert.Equal(0, admin.Cluster.TurnsRead);
    }

    [Fact]
    public async Task An_order_whose_result_cannot_be_written_down_says_that_it_was_carried_out()
    {
        await using var admin = await AdminHost.StartAsync();
        admin.Audit.Fails = outcome => outcome.Length > 0;

        var error = await (await admin.PostAsync(AdminApi.Drain, Drain)).ErrorAsync(HttpStatusCode.ServiceUnavailable);

        Assert.StartsWith("The order was carried out (drain 10.0.0.2:4053: not empty after 5 s", error, StringComparison.Ordinal);
        Assert.Contains(admin.Log.Lines, line => line.Text.StartsWith("The audit log did not take the result of its row 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_order_whose_caller_leaves_is_written_down_to_its_end()
    {
        await using var admin = await AdminHost.StartAsync();
        using var leaves = new CancellationTokenSource();
        admin.Cluster.OnOrder = async (_, stop) =>
        {
            await leaves.CancelAsync();
            await Task.Delay(Timeout.Infinite, stop);
        };

        using var body = new StringContent(Drain, System.Text.Encoding.UTF8, "application/json");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => admin.Client.PostAsync(AdminApi.Drain, body, leaves.Token));

        await Until.TrueAsync(() => admin.Audit.Rows.Count == 2);
        Assert.Equal("the caller left before it ended", admin.Audit.Rows[1].Outcome);
    }

    [Fact]
    public async Task The_audit_log_is_listed_by_pages()
    {
        await using var admin = await AdminHost.StartAsync();
        await admin.PostAsync(AdminApi.Drain, Drain);
        await admin.PostAsync(AdminApi.Cancel, Turn);

        var first = await admin.GetAsync<AuditPage>($"{AdminApi.Audit}?limit=3");
        var second = await admin.GetAsync<AuditPage>($"{AdminApi.Audit}?limit=3&before={first.Next}");

        Assert.Equal([4, 3, 2], first.Entries.Select(row => row.Number));
        Assert.Equal([1], second.Entries.Select(row => row.Number));
        Assert.Null(second.Next);
        Assert.Equal(admin.Audit.Rows.Reverse(), [.. first.Entries, .. second.Entries]);
    }
}
