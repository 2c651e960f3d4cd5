using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorLlm.Cli.Talk;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Doctor;

/// <summary>What only a client of the nodes can see.</summary>
internal static class ClientChecks
{
    // Beyond the first, retries and deadlines of a node that starts with that clock are noticeably off; beyond the second they are useless.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClockBound = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan CertificateNotice = TimeSpan.FromDays(21);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether the HTTP face answers, is ready, and takes the key.</summary>
    public static async Task<Finding> FaceAsync(Uri url, string? key, CancellationToken cancellationToken)
    {
        var check = $"http face {Shown(url)}";
        using var http = new HttpClient(NodeHttp.Handler([url], Patience)) { Timeout = Patience };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            using var ready = await http.GetAsync(new Uri(url, "healthz/ready"), cancellationToken);
            if (!ready.IsSuccessStatusCode)
            {
                var reason = TextRun.OneLine(await ready.Content.ReadAsStringAsync(cancellationToken));
                return new Finding(check, Severity.Bad, $"it is not ready (status {(int)ready.StatusCode}): {reason}", "Wait for the node to start, undo its drain, or read its log.");
            }

            using var models = await http.GetAsync(new Uri(url, "v1/models"), cancellationToken);
            return (int)models.StatusCode switch
            {
                200 => new Finding(check, Severity.Good, "it is ready and takes requests from here", ""),
                401 or 403 => new Finding(check, Severity.Bad, key is null ? "it asks for an API key" : "it refuses the API key", $"Set {FaceLine.KeyVariable} to a key of its nodes."),
                var status => new Finding(check, Severity.Bad, $"it gives status {status} for its models", "See whether a node answers there, and read its log."),
            };
        }
        catch (Exception problem) when (problem is HttpRequestException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Finding(check, Severity.Bad, $"it cannot be reached ({NodeHttp.Reason(problem)})", $"Start the node, open the way to it, or correct --url or {FaceLine.UrlVariable}.");
        }
    }

    /// <summary>Whether the node's clock and this machine's agree.</summary>
    /// <param name="node">What the node's clock said.</param>
    /// <param name="asked">When it was asked, by this machine's clock.</param>
    /// <param name="answered">When the answer was there.</param>
    public static Finding Clock(DateTimeOffset node, DateTimeOffset asked, DateTimeOffset answered)
    {
        // What lies within the time that the answer took is no difference.
        var difference = node < asked ? asked - node : node > answered ? node - answered : TimeSpan.Zero;
        var (severity, remedy) = difference > ClockBound ? (Severity.Bad, "Set both by NTP; restart the node if its clock was the wrong one.")
            : difference > ClockTolerance ? (Severity.Warning, "Set both by NTP.")
            : (Severity.Good, "");
        return new Finding("clock here", severity, difference == TimeSpan.Zero ? "the node's clock and this machine's agree" : $"the node's clock is {Times.Duration(difference)} {(node < asked ? "behind" : "before")} this machine's", remedy);
    }

    /// <summary>Whether the nodes run the version of this program.</summary>
    public static Finding Version(ClusterPicture cluster)
    {
        var own = typeof(ClientChecks).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var others = cluster.Members.Select(member => member.Version.Split('+')[0]).Where(version => version != own).Distinct().ToArray();
        return others.Length == 0
            ? new Finding("version here", Severity.Good, $"actorllm and the nodes are {own}", "")
            : new Finding("version here", Severity.Warning, $"actorllm is {own}, nodes are {string.Join(", ", others)}", "Use the actorllm of the nodes' version where something reads oddly.");
    }

    /// <summary>Whether the ports through which nodes reach each other can be reached from here.</summary>
    public static async Task<IReadOnlyList<Finding>> PortsAsync(ClusterPicture cluster, CancellationToken cancellationToken)
    {
        var tries = await Task.WhenAll(cluster.Members.Select(async member => (member.Node, Problem: await ConnectAsync(member.Node, cancellationToken))));
        var closed = tries.Where(one => one.Problem is not null).ToArray();
        return closed.Length == 0
            ? [new Finding("cluster ports", Severity.Good, $"all {tries.Length} can be reached from here", "")]
            : [.. closed.Select(one => new Finding("cluster ports", Severity.Warning, $"{one.Node} cannot be reached from here ({one.Problem})", "Nodes must reach each other there: look from a node's machine, unless this is one."))];
    }

    /// <summary>Whether a certificate is trusted here, for the name that is used, and for how long.</summary>
    public static async Task<Finding> CertificateAsync(Uri url, TimeProvider time, CancellationToken cancellationToken)
    {
        var check = $"certificate {url.Host}:{url.Port}";
        var errors = SslPolicyErrors.None;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(url.Host, url.Port, limit.Token);
            // Nothing is sent through it: it is looked at, trusted or not.
#pragma warning disable CA5359
            await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, _, found) =>
            {
                errors = found;
                return true;
            });
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = url.Host }, limit.Token);
            using var certificate = new X509Certificate2(tls.RemoteCertificate!);
            return Certificate(check, certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime(), errors, time.GetUtcNow());
        }
        catch (Exception problem) when (problem is SocketException or IOException or AuthenticationException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Finding(check, Severity.Bad, $"there is no TLS ({NodeHttp.Reason(problem)})", "See whether the address is right, and whether https is spoken there.");
        }
    }

    internal static Finding Certificate(string check, DateTimeOffset from, DateTimeOffset until, SslPolicyErrors errors, DateTimeOffset now)
    {
        var dates = $"valid {Times.Seconds(from, TimeZoneInfo.Utc)} to {Times.Seconds(until, TimeZoneInfo.Utc)} UTC";
        if (now > until) return new Finding(check, Severity.Bad, $"it expired {Times.Duration(now - until)} ago ({dates})", "Renew it.");
        if (now < from) return new Finding(check, Severity.Bad, $"it is not valid yet ({dates})", "Look at the clocks, or wait.");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) return new Finding(check, Severity.Bad, $"it is for another name ({dates})", "Use the name that stands in it.");
        if (errors != SslPolicyErrors.None) return new Finding(check, Severity.Bad, $"this machine does not trust its issuer ({dates})", "Trust the issuer here, or have another one sign it.");
        return until - now < CertificateNotice
            ? new Finding(check, Severity.Warning, $"it expires in {Times.Duration(until - now)} ({dates})", "Renew it.")
            : new Finding(check, Severity.Good, dates, "");
    }

    /// <summary>Whether a key that is sent there can be read on the way.</summary>
    public static bool ShowsKey(Uri url) => url.Scheme == Uri.UriSchemeHttp && !url.IsLoopback;

    public static Finding OpenKey(Uri url) => new(
        "admin key", Severity.Warning, $"it is sent to {Shown(url)} unencrypted", "Go through https or an SSH tunnel where the network is not your own.");

    private static async Task<string?> ConnectAsync(string node, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate($"tcp://{node}", UriKind.Absolute, out var place)) return "no host:port";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(place.Host, place.Port, limit.Token);
            return null;
        }
        catch (Exception problem) when (problem is SocketException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return NodeHttp.Reason(problem);
        }
    }

    private static string Shown(Uri url) => url.AbsoluteUri.TrimEnd('/');
}
