using System.Net.Security;
using System.Text.Json;
using ActorLlm.Cli.Doctor;
using ActorLlm.Cli.Tests.Fakes;
using ActorLlm.Inspection;

namespace ActorLlm.Cli.Tests.Doctor;

public sealed class DoctorTests
{
    private static readonly string Own = typeof(CommandLine).Assembly.GetName().Version!.ToString(3);

    [Fact]
    public async Task What_is_seen_from_here_is_added_to_what_the_node_finds()
    {
        await using var face = await FakeNode.AnswersAsync("""{"data":[]}""");
        await using var admin = await AdminAsync(TimeProvider.System.GetUtcNow(), face.Address.Authority, Own);

        var ran = await Fakes.Cli.RunAsync("doctor", "--admin", admin.Url, "--url", face.Url, "--json");

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
        var report = JsonSerializer.Deserialize<DoctorReport>(ran.Output, AdminApi.Json)!;
        Assert.All(report.Findings, finding => Assert.Equal(Severity.Good, finding.Severity));
        Assert.Equal(
            ["journal index", "admin endpoint", "clock here", "version here", "cluster ports", $"http face {face.Url}"], report.Findings.Select(finding => finding.Check));
        Assert.Equal(["/healthz/ready", "/v1/models"], face.Requests.Select(request => request.Path));
    }

    [Fact]
    public async Task What_is_wrong_on_the_way_is_found_and_ends_it_with_1()
    {
        var down = $"http://127.0.0.1:{LoopbackPorts.Free()[0]}";
        await using var admin = await AdminAsync(TimeProvider.System.GetUtcNow().AddHours(-1), new Uri(down).Authority, "9.9.9");

        var ran = await Fakes.Cli.RunAsync("doctor", "--admin", admin.Url, "--url", down);

        Assert.Equal(ExitCode.Failure, ran.ExitCode);
        Assert.Matches("BAD +clock here: the node's clock is 1 h behind this machine's", ran.Output);
        Assert.Matches($"BAD +http face {down}: it cannot be reached", ran.Output);
        Assert.Matches("warning +version here: actorllm is .*, nodes are 9.9.9", ran.Output);
        Assert.Matches("warning +cluster ports: 127.0.0.1:[0-9]+ cannot be reached from here", ran.Output);
        Assert.Contains("2 bad, 2 to be seen to, 2 good", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_admin_endpoint_the_rest_is_looked_at_all_the_same()
    {
        await using var face = await FakeNode.AnswersAsync("""{"data":[]}""");

        var ran = await Fakes.Cli.RunAsync("doctor", "--admin", $"http://127.0.0.1:{LoopbackPorts.Free()[0]}", "--url", face.Url);

        Assert.Equal(ExitCode.Unreachable, ran.ExitCode);
        Assert.Contains("admin endpoint: The admin endpoint http://127.0.0.1", ran.Output, StringComparison.Ordinal);
        Assert.Contains($"http face {face.Url}: it is ready", ran.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_admin_endpoint_that_does_not_answer_is_a_finding_of_its_own()
    {
        var ports = LoopbackPorts.Free(2);
        await using var face = await FakeNode.AnswersAsync("""{"data":[]}""");

        var ran = await Fakes.Cli.RunAsync("doctor", "--admin", string.Join(',', ports.Select(port => $"http://127.0.0.1:{port}")), "--url", face.Url);

        Assert.All(ports, port => Assert.Matches($"(?m)^BAD +admin endpoint: The admin endpoint http://127.0.0.1:{port} cannot be reached", ran.Output));
    }

    [Theory]
    [InlineData(503, 200, "it is not ready (status 503)")]
    [InlineData(200, 401, "it asks for an API key")]
    [InlineData(200, 404, "it gives status 404 for its models")]
    public async Task A_face_that_does_not_serve_is_bad(int ready, int models, string message)
    {
        await using var face = await FakeNode.StartAsync(http => FakeNode.WriteAsync(http, "{}", http.Request.Path == "/healthz/ready" ? ready : models));

        var finding = await ClientChecks.FaceAsync(face.Address, key: null, CancellationToken.None);

        Assert.Equal(Severity.Bad, finding.Severity);
        Assert.StartsWith(message, finding.Message, StringComparison.Ordinal);
        Assert.NotEmpty(finding.Remedy);
    }

    [Theory]
    [InlineData(0, Severity.Good)]
    [InlineData(-1, Severity.Good)]
    [InlineData(-5, Severity.Warning)]
    [InlineData(5, Severity.Warning)]
    [InlineData(90, Severity.Bad)]
    public void Clocks_may_differ_by_what_does_no_harm(int seconds, Severity severity)
    {
        var finding = ClientChecks.Clock(Samples.Noon.AddSeconds(seconds), Samples.Noon, Samples.Noon.AddMilliseconds(100));

        Assert.Equal(severity, finding.Severity);
    }

    [Theory]
    [InlineData(-10, 100, SslPolicyErrors.None, Severity.Good)]
    [InlineData(-10, 10, SslPolicyErrors.None, Severity.Warning)]
    [InlineData(-10, -1, SslPolicyErrors.RemoteCertificateChainErrors, Severity.Bad)]
    [InlineData(1, 10, SslPolicyErrors.RemoteCertificateChainErrors, Severity.Bad)]
    [InlineData(-10, 100, SslPolicyErrors.RemoteCertificateNameMismatch, Severity.Bad)]
    [InlineData(-10, 100, SslPolicyErrors.RemoteCertificateChainErrors, Severity.Bad)]
    public void A_certificate_is_judged_by_its_dates_its_name_and_who_signed_it(int from, int until, SslPolicyErrors errors, Severity severity) =>
        Assert.Equal(severity, ClientChecks.Certificate("certificate", Samples.Noon.AddDays(from), Samples.Noon.AddDays(until), errors, Samples.Noon).Severity);

    [Fact]
    public async Task A_certificate_that_expired_is_read_from_the_node()
    {
        var now = TimeProvider.System.GetUtcNow();
        await using var node = await FakeNode.StartAsync(http => FakeNode.WriteAsync(http, "{}", 200), FakeNode.Certificate(now.AddDays(-20), now.AddDays(-10)));

        var finding = await ClientChecks.CertificateAsync(node.Address, TimeProvider.System, CancellationToken.None);

        Assert.Equal(Severity.Bad, finding.Severity);
        Assert.StartsWith("it expired 10 d ago", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_no_TLS_is_spoken_that_is_found()
    {
        await using var node = await FakeNode.AnswersAsync("{}");

        var finding = await ClientChecks.CertificateAsync(node.Address, TimeProvider.System, CancellationToken.None);

        Assert.Equal(Severity.Bad, finding.Severity);
        Assert.StartsWith("there is no TLS", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://10.0.0.1:8070", true)]
    [InlineData("https://10.0.0.1:8070", false)]
    [InlineData("http://127.0.0.1:8070", false)]
    public void A_key_over_plain_http_to_another_machine_is_told(string url, bool shows) => Assert.Equal(shows, ClientChecks.ShowsKey(new Uri(url)));

    private static Task<FakeNode> AdminAsync(DateTimeOffset time, string member, string version) => FakeNode.ServesAsync(new Dictionary<string, object>
    {
        [AdminApi.Doctor] = new DoctorReport(member, time, [Samples.Doctor.Findings[0]]),
        [AdminApi.Cluster] = new ClusterPicture(member, member, member, [new(member, "Up", true, ["worker"], version, false)]),
    });
}
