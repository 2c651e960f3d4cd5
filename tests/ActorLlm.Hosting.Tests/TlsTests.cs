using ActorLlm.Inspection;
using ActorLlm.Testing;
using Akka.Cluster;

namespace ActorLlm.Hosting.Tests;

/// <summary>Nodes that show each other certificates.</summary>
public sealed class TlsTests : IDisposable
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365 - 7);

    private readonly TempFolder _folder = new();
    private readonly Authority _authority;

    public TlsTests() => _authority = new Authority(_folder, "authority");

    [Fact]
    public async Task Nodes_with_certificates_of_one_authority_are_a_cluster_and_one_without_is_let_in_by_none()
    {
        using var stranger = new Authority(_folder, "stranger");
        await using var cluster = await TestCluster.StartAsync(
            Node("a", _authority.Issue("a", Year), "conversation"),
            Node("b", _authority.Issue("b", Year, "secret", pem: true), "worker"));

        // The turn's home and its worker are on different nodes: what is said goes over the wire.
        var settled = await cluster["a"].Conversations.CompleteAsync(Turns.Turn("talk", "t1", "hello")).InTime();
        Assert.Equal("echo: hello", settled.ReplyText());

        var plain = await cluster.AddAsync(Node("plain", new TlsOptions()));
        var foreign = await cluster.AddAsync(Node("foreign", stranger.Issue("foreign", Year)));
        var late = await cluster.AddAsync(Node("late", _authority.Issue("late", Year)));
        await Eventually.HoldsAsync("the node that came last is in", () => StatusOf(late) == MemberStatus.Up);

        // The one that came after them was let in; they have asked since before it.
        Assert.NotEqual(MemberStatus.Up, StatusOf(plain));
        Assert.NotEqual(MemberStatus.Up, StatusOf(foreign));
        Assert.Equal(3, Akka.Cluster.Cluster.Get(cluster["a"].System).State.Members.Count);
    }

    [Theory]
    [InlineData(358, Severity.Good, "valid until")]
    [InlineData(10, Severity.Warning, "days from now")]
    public void The_doctor_tells_until_when_the_certificate_is_valid(int days, Severity severity, string words)
    {
        var finding = Assert.Single(CertificateCheck.Of(_authority.Issue("a", TimeSpan.FromDays(days)), TimeProvider.System.GetUtcNow()));

        Assert.Equal(severity, finding.Severity);
        Assert.Contains(words, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_wrong_with_the_files_is_told_with_the_key_the_file_and_what_to_do()
    {
        using var stranger = new Authority(_folder, "stranger");
        var good = _authority.Issue("a", Year, "secret");
        var expired = _authority.Issue("old", TimeSpan.FromDays(-1));
        var foreign = stranger.Issue("foreign", Year);

        Assert.Empty(ErrorsOf(good));
        Assert.Empty(ErrorsOf(_authority.Issue("b", Year, pem: true)));
        Assert.Contains("Tls:Certificate is missing.pfx: ", ErrorsOf(new TlsOptions { Certificate = "missing.pfx", Authority = good.Authority }), StringComparison.Ordinal);
        Assert.Contains("password", ErrorsOf(new TlsOptions { Certificate = good.Certificate, Password = "wrong", Authority = good.Authority }), StringComparison.Ordinal);
        Assert.Contains("Tls:Authority is empty; expected the PEM file", ErrorsOf(new TlsOptions { Certificate = good.Certificate, Password = "secret" }), StringComparison.Ordinal);
        Assert.Contains("and not now; give the node a new one", ErrorsOf(expired), StringComparison.Ordinal);
        Assert.Contains("do not vouch for it", ErrorsOf(new TlsOptions { Certificate = foreign.Certificate, Authority = good.Authority }), StringComparison.Ordinal);
        Assert.Contains("Tls:Key is set and not read", ErrorsOf(new TlsOptions { Key = "a.key" }), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private static string ErrorsOf(TlsOptions options) => string.Join('\n', options.Errors(TimeProvider.System.GetUtcNow()));

    private static NodePlan Node(string name, TlsOptions tls, params string[] roles) => new(name, ScriptedChatClient.Echo(node: name))
    {
        Roles = roles.Length == 0 ? null : roles,
        Configure = options => options.Cluster.Tls = tls,
    };

    private static MemberStatus StatusOf(TestHost host) => Akka.Cluster.Cluster.Get(host.System).SelfMember.Status;
}
