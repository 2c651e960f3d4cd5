using ActorLlm.Cli.Tests.Fakes;
using ActorLlm.Inspection;
using ActorLlm.Testing;

namespace ActorLlm.Cli.Tests.Inspect;

public sealed class AdminCommandTests
{
    public static TheoryData<string, string> Questions => new()
    {
        { "cluster show", AdminApi.Cluster },
        { "shards", AdminApi.Shards },
        { "workers", AdminApi.Workers },
        { "capacity", AdminApi.Capacity },
        { "conversations list", AdminApi.Conversations + "?limit=50" },
        { "conversations list --tenant acme --limit 5 --before 70", AdminApi.Conversations + "?tenant=acme&before=70&limit=5" },
        { "conversations show my-chat", AdminApi.Conversation + "?id=default%2Fmy-chat" },
        { "conversations show acme/a/b", AdminApi.Conversation + "?id=acme%2Fa%2Fb" },
        { "explain my-turn -c my-chat", AdminApi.Explain + "?turn=my-turn&conversation=default%2Fmy-chat" },
        { "explain resp_abc --tenant acme", AdminApi.Explain + "?turn=resp_abc&tenant=acme" },
        { "approvals list", AdminApi.Approvals },
        { "approvals list --tenant acme", AdminApi.Approvals + "?tenant=acme" },
        { "audit --limit 7 --before 9", AdminApi.Audit + "?before=9&limit=7" },
    };

    [Theory]
    [MemberData(nameof(Questions))]
    public async Task A_question_asks_its_path_and_prints_the_JSON_as_it_came(string command, string path)
    {
        const string Json = """{"entries": [],   "later":"field"}""";
        await using var node = await FakeNode.AnswersAsync(Json);

        var ran = await Fakes.Cli.RunAsync([.. command.Split(' '), "--json", "--admin", node.Url]);

        Assert.Equal((ExitCode.Success, Json + Environment.NewLine, ""), (ran.ExitCode, ran.Output, ran.Error));
        Assert.Equal(("GET", path), (node.Request.Method, node.Request.Path));
        Assert.Null(node.Request.Authorization);
    }

    public static TheoryData<string, string, string> Orders => new()
    {
        { "cluster leave 10.0.0.1:4053 --yes", AdminApi.Leave, """{"node":"10.0.0.1:4053","patienceSeconds":60}""" },
        { "cluster down 10.0.0.1:4053 --yes", AdminApi.Down, """{"node":"10.0.0.1:4053","patienceSeconds":60}""" },
        { "drain 10.0.0.1:4053 --patience 5", AdminApi.Drain, """{"node":"10.0.0.1:4053","patienceSeconds":5}""" },
        { "drain 10.0.0.1:4053 --undo", AdminApi.Resume, """{"node":"10.0.0.1:4053","patienceSeconds":60}""" },
        { "conversations requeue my-turn -c acme/x --yes --json", AdminApi.Requeue, """{"turn":"my-turn","conversation":"acme/x"}""" },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task An_order_is_posted_with_what_it_is_about(string command, string path, string body)
    {
        await using var node = await FakeNode.AnswersAsync("""{"empty":true}""");

        var ran = await Fakes.Cli.RunAsync([.. command.Split(' '), "--admin", node.Url]);

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
        Assert.Equal(("POST", path, body), (node.Request.Method, node.Request.Path, node.Request.Body));
    }

    [Theory]
    [InlineData("approvals grant my-turn over-100 -c acme/x --yes", AdminApi.Grant, """{"turn":"my-turn","step":"over-100","conversation":"acme/x"}""")]
    [InlineData("approvals refuse resp_abc over-100 --note no --yes", AdminApi.Refuse, """{"turn":"resp_abc","step":"over-100","note":"no"}""")]
    public async Task A_decision_is_posted_and_the_turn_shown_as_it_is_then(string command, string path, string body)
    {
        await using var node = await FakeNode.AnswersAsync(Samples.Repeated);

        var ran = await Fakes.Cli.RunAsync([.. command.Split(' '), "--admin", node.Url]);

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
        Assert.Equal(("POST", path, body), (node.Request.Method, node.Request.Path, node.Request.Body));
        Assert.StartsWith("turn-1 of default/demo", ran.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TurnState.Cancelled, ExitCode.Success, "")]
    [InlineData(TurnState.Committed, ExitCode.Failure, "nothing was cancelled")]
    public async Task A_turn_that_has_its_outcome_keeps_it_and_that_is_said(TurnState state, int exitCode, string said)
    {
        await using var node = await FakeNode.AnswersAsync(Samples.Repeated with { State = state });

        var ran = await Fakes.Cli.RunAsync("conversations", "cancel", "resp_abc", "--yes", "--json", "--admin", node.Url);

        Assert.Equal(("POST", AdminApi.Cancel, """{"turn":"resp_abc"}"""), (node.Request.Method, node.Request.Path, node.Request.Body));
        Assert.Equal(exitCode, ran.ExitCode);
        Assert.Contains(said, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_is_not_empty_in_time_is_a_failure_that_says_what_to_do()
    {
        await using var node = await FakeNode.AnswersAsync(new DrainAnswer(false));

        var ran = await Fakes.Cli.RunAsync("drain", Samples.First, "--patience", "1", "--admin", node.Url);

        Assert.Equal(ExitCode.Failure, ran.ExitCode);
        Assert.Contains("still holds attempts after 1 s", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_comes_from_the_environment_and_one_on_the_command_line_is_warned_of()
    {
        await using var node = await FakeNode.AnswersAsync(Samples.Cluster);

        var quiet = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("", ("ACTORLLM_ADMIN_KEY", "secret"), ("ACTORLLM_ADMIN", node.Url)), "cluster", "show");
        var warned = await Fakes.Cli.RunAsync("cluster", "show", "--admin", node.Url, "--admin-key", "secret");

        Assert.Equal((ExitCode.Success, ""), (quiet.ExitCode, quiet.Error));
        Assert.Contains("can be seen by others", warned.Error, StringComparison.Ordinal);
        Assert.Equal(["Bearer secret", "Bearer secret"], node.Requests.Select(request => request.Authorization));
    }

    [Fact]
    public async Task Colours_are_shown_on_a_terminal_only_and_not_with_NO_COLOR()
    {
        await using var node = await FakeNode.AnswersAsync(Samples.Cluster);
        string[] command = ["cluster", "show", "--utc", "--admin", node.Url];

        var piped = await Fakes.Cli.RunAsync(command);
        var shown = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal() with { OutputIsTerminal = true, Columns = () => 200 }, command);
        var plain = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("", ("NO_COLOR", "1")) with { OutputIsTerminal = true, Columns = () => 200 }, command);

        Assert.DoesNotContain('\e', piped.Output);
        Assert.Contains("\e[31mno\e[0m", shown.Output, StringComparison.Ordinal);
        Assert.Equal(piped.Output, plain.Output);
    }

    [Fact]
    public async Task Lines_are_cut_to_the_terminal_and_left_whole_elsewhere()
    {
        await using var node = await FakeNode.AnswersAsync(Samples.Cluster);
        string[] command = ["cluster", "show", "--admin", node.Url];

        var narrow = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("", ("NO_COLOR", "1")) with { OutputIsTerminal = true, Columns = () => 80 }, command);
        var piped = await Fakes.Cli.RunAsync(command);

        Assert.All(narrow.Output.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Contains("conversation, gateway, worker", piped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_tells_each_change_and_goes_on_while_nobody_answers()
    {
        var looks = 0;
        await using var node = await FakeNode.StartAsync(http => Interlocked.Increment(ref looks) switch
        {
            1 => FakeNode.WriteAsync(http, System.Text.Json.JsonSerializer.Serialize(Samples.Cluster, AdminApi.Json), 200),
            2 => FakeNode.WriteAsync(http, """{"error":"The cluster does not answer."}""", 503),
            _ => FakeNode.WriteAsync(http, System.Text.Json.JsonSerializer.Serialize(Samples.Cluster with { Members = [Samples.Cluster.Members[0]] }, AdminApi.Json), 200),
        });

        var ran = await Fakes.Cli.RunAsync("cluster", "watch", "--interval", "0.1", "--looks", "4", "--admin", node.Url);

        Assert.Equal(ExitCode.Success, ran.ExitCode);
        Assert.Contains("The cluster does not answer. (said by ", ran.Error, StringComparison.Ordinal);
        var lines = ran.Output.Trim().Split('\n');
        Assert.Equal(5, lines.Length);
        Assert.EndsWith("  10.0.0.2:4053 is no member any more", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_that_is_stopped_has_done_what_it_should()
    {
        await using var node = await FakeNode.AnswersAsync(Samples.Cluster);
        using var stop = new CancellationTokenSource();
        var terminal = Fakes.Cli.Terminal();

        var watch = CommandLine.RunAsync(["cluster", "watch", "--admin", node.Url], terminal, stop.Token);
        while (node.Requests.Count == 0 && !watch.IsCompleted) await Task.Yield();
        await stop.CancelAsync();

        Assert.Equal(ExitCode.Success, await watch);
    }

    [Fact]
    public async Task An_export_that_broke_off_is_no_success()
    {
        await using var node = await FakeNode.AnswersAsync("""{"conversation":"default/x","turns":2}""" + "\n" + """{"turn":"one"}""" + "\n");

        var ran = await Fakes.Cli.RunAsync("conversations", "export", "x", "--admin", node.Url);

        Assert.Equal(ExitCode.Failure, ran.ExitCode);
        Assert.Contains("""{"turn":"one"}""", ran.Output, StringComparison.Ordinal);
        Assert.Contains("broke off after 1 of 2 turns", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_of_what_is_not_there_leaves_no_file()
    {
        using var folder = new TempFolder();
        await using var node = await FakeNode.StartAsync(http => FakeNode.WriteAsync(http, """{"error":"There is no conversation default/x."}""", 404));

        var ran = await Fakes.Cli.RunAsync("conversations", "export", "x", "--output", folder.Of("x.jsonl"), "--admin", node.Url);

        Assert.Equal(ExitCode.NotFound, ran.ExitCode);
        Assert.False(File.Exists(folder.Of("x.jsonl")));
    }

    [Fact]
    public async Task An_export_into_a_file_that_is_there_asks_no_node_and_leaves_the_file_as_it_was()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.Of("x.jsonl"), "mine");
        await using var node = await FakeNode.AnswersAsync("""{"conversation":"default/x","turns":0}""" + "\n");

        var ran = await Fakes.Cli.RunAsync("conversations", "export", "x", "--output", folder.Of("x.jsonl"), "--admin", node.Url);

        Assert.Equal((ExitCode.Failure, 0), (ran.ExitCode, node.Requests.Count));
        Assert.Contains("is there already", ran.Error, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(folder.Of("x.jsonl")));
    }

    [Fact]
    public async Task A_log_that_was_changed_ends_with_1()
    {
        await using var node = await FakeNode.AnswersAsync(new AuditPage([], null, new AuditCheck(false, 0, "", "Row 1 was changed.")));

        var ran = await Fakes.Cli.RunAsync("audit", "--admin", node.Url);

        Assert.Equal(ExitCode.Failure, ran.ExitCode);
        Assert.Contains("THE LOG WAS CHANGED: Row 1 was changed.", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replies_that_were_given_up_are_shown_with_why_end_with_1_and_are_tried_anew_when_told()
    {
        var given = new OwedPicture("id-1", "default/talk", "t1", "webhook", "https://hooks/1", Samples.Noon, 50, "The receiver answered 500.");
        await using var node = await FakeNode.AnswersAsync(new OutboxPicture([given], [given with { Id = "id-2", Turn = "t2", Refusals = 0, Reason = "" }]));

        var ran = await Fakes.Cli.RunAsync("outbox", "--retry", "--utc", "--limit", "7", "--admin", node.Url);

        Assert.Equal(ExitCode.Failure, ran.ExitCode);
        Assert.StartsWith("1 that nobody tries to deliver any more", ran.Output, StringComparison.Ordinal);
        Assert.Matches("default/talk t1 +webhook +https://hooks/1 +50 +The receiver answered 500\\.", ran.Output);
        Assert.Contains("1 on their way:", ran.Output, StringComparison.Ordinal);
        Assert.Equal(
            [("GET", "/admin/v1/outbox?limit=7", ""), ("POST", "/admin/v1/outbox/retry", """{"ids":["id-1"]}"""), ("GET", "/admin/v1/outbox?limit=7", "")],
            node.Requests.Select(asked => (asked.Method, asked.Path, asked.Body)));
    }

    [Fact]
    public async Task An_outbox_without_any_that_were_given_up_is_well()
    {
        await using var node = await FakeNode.AnswersAsync(new OutboxPicture([], []));

        var ran = await Fakes.Cli.RunAsync("outbox", "--admin", node.Url);

        Assert.Equal((ExitCode.Success, "No reply is on its way."), (ran.ExitCode, ran.Output.Trim()));
    }
}
