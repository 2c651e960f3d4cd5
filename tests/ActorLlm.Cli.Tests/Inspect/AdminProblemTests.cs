using ActorLlm.Cli.Tests.Fakes;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Cli.Tests.Inspect;

public sealed class AdminProblemTests
{
    [Fact]
    public async Task An_unknown_node_is_answered_with_the_members_there_are()
    {
        await using var node = await FakeNode.AnswersAsync("""{"error":"There is no member 10.0.0.9:1; there are 10.0.0.1:4053, 10.0.0.2:4053."}""", 404);

        await RefusedAsync(ExitCode.NotFound, "there are 10.0.0.1:4053, 10.0.0.2:4053.", "drain", "10.0.0.9:1", "--admin", node.Url);
    }

    [Theory]
    [InlineData("", "asks for a key: set ACTORLLM_ADMIN_KEY to it.")]
    [InlineData("wrong", "refuses the key: set ACTORLLM_ADMIN_KEY to the key that its node is configured with.")]
    public async Task A_key_that_is_missing_or_wrong_is_told_apart(string key, string message)
    {
        await using var node = await FakeNode.AnswersAsync("""{"error":"A key is needed."}""", 401);

        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("", ("ACTORLLM_ADMIN_KEY", key)), "workers", "--admin", node.Url);

        Assert.Equal(ExitCode.Refused, ran.ExitCode);
        Assert.Equal($"actorllm: The admin endpoint {node.Url} {message}", ran.Error.Trim());
    }

    [Fact]
    public async Task A_node_that_is_down_is_named_with_what_to_try()
    {
        var url = $"http://127.0.0.1:{LoopbackPorts.Free()[0]}";

        await RefusedAsync(ExitCode.Unreachable, $"The admin endpoint {url} cannot be reached (Connection refused", "workers", "--admin", url);
    }

    [Fact]
    public async Task Where_one_node_is_down_the_next_is_asked()
    {
        await using var other = await FakeNode.AnswersAsync(Samples.Cluster);

        var ran = await Fakes.Cli.RunAsync("cluster", "show", "--admin", $"http://127.0.0.1:{LoopbackPorts.Free()[0]}, {other.Url}");

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
    }

    [Fact]
    public async Task Where_no_node_answers_each_is_named()
    {
        await using var away = await FakeNode.AnswersAsync("""{"error":"The database does not answer."}""", 503);
        var down = $"http://127.0.0.1:{LoopbackPorts.Free()[0]}";

        var ran = await Fakes.Cli.RunAsync("shards", "--admin", $"{down},{away.Url}");

        Assert.Equal(ExitCode.Unavailable, ran.ExitCode);
        Assert.Contains($"{down} cannot be reached", ran.Error, StringComparison.Ordinal);
        Assert.Contains($"The database does not answer. (said by {away.Url})", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "application/json", """{"error":{"message":"Unknown request URL","code":"unknown_url"}}""")]
    [InlineData(404, "text/plain", "")]
    [InlineData(200, "text/html", "<html></html>")]
    [InlineData(302, "text/html", "")]
    public async Task What_is_no_admin_endpoint_is_said_to_be_none(int status, string type, string body)
    {
        await using var node = await FakeNode.StartAsync(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            if (status == 302) http.Response.Headers.Location = "https://login.example/";
            await http.Response.WriteAsync(body);
        });

        await RefusedAsync(ExitCode.Unreachable, $"{node.Url} is no admin endpoint", "cluster", "show", "--admin", node.Url);
    }

    [Fact]
    public async Task A_certificate_that_nobody_here_trusts_is_named()
    {
        await using var node = await FakeNode.StartAsync(http => FakeNode.WriteAsync(http, "{}", 200), FakeNode.Certificate(Samples.Noon.AddYears(-5), Samples.Noon.AddYears(50)));

        await RefusedAsync(ExitCode.Unreachable, "has no certificate that this machine trusts", "cluster", "show", "--admin", node.Url);
        Assert.Empty(node.Requests);
    }

    [Fact]
    public async Task Https_where_http_is_spoken_is_told()
    {
        await using var node = await FakeNode.AnswersAsync("{}");

        await RefusedAsync(ExitCode.Unreachable, "The admin endpoint https://127.0.0.1", "cluster", "show", "--admin", node.Url.Replace("http:", "https:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_is_not_known_is_told() =>
        await RefusedAsync(ExitCode.Unreachable, "the name no-such-host.invalid is not known", "workers", "--admin", "http://no-such-host.invalid:8070");

    [Theory]
    [InlineData("""{"members":"many"}""")]
    [InlineData("""{"status":"ok"}""")]
    [InlineData("""{"askedNode":"a","members":null}""")]
    [InlineData("""{"askedNode":"a","members":[{"node":"b"}]}""")]
    [InlineData("null")]
    [InlineData("[1]")]
    public async Task An_answer_of_another_version_or_program_is_no_crash(string json)
    {
        await using var node = await FakeNode.AnswersAsync(json);

        await RefusedAsync(ExitCode.Failure, "answered what this version of actorllm cannot read", "cluster", "show", "--admin", node.Url);
    }

    [Theory]
    [InlineData("--admin nonsense", "--admin has 'nonsense': give an absolute http or https address")]
    [InlineData("--admin http://me:secret@host", "--admin has")]
    [InlineData("--admin ,", "--admin is empty")]
    [InlineData("--limit 0", "--limit is '0': give a number from 1 to 1000.")]
    [InlineData("--before soon", "'soon'")]
    public async Task A_wrong_option_is_refused(string options, string message) =>
        await RefusedAsync(ExitCode.Usage, message, ["conversations", "list", .. options.Split(' ')]);

    [Fact]
    public async Task A_wrong_variable_is_named()
    {
        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("", ("ACTORLLM_ADMIN", "nonsense")), "workers");

        Assert.Equal(ExitCode.Usage, ran.ExitCode);
        Assert.Contains("ACTORLLM_ADMIN has 'nonsense'", ran.Error, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(int exitCode, string message, params string[] args)
    {
        var ran = await Fakes.Cli.RunAsync(args);

        Assert.Equal((exitCode, ""), (ran.ExitCode, ran.Output));
        Assert.Contains(message, ran.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Error, StringComparison.Ordinal);
        Assert.InRange(ran.Error.Trim().Split('\n').Length, 1, 2);
    }
}
