using System.Globalization;
using ActorLlm.Inspection;

namespace ActorLlm.Hosting;

/// <summary>Looks at the certificate that this node shows the others.</summary>
internal static class CertificateCheck
{
    private static readonly TimeSpan Notice = TimeSpan.FromDays(21);

    private const string Name = "node certificate";

    /// <summary>The finding; none where the nodes speak without certificates.</summary>
    public static IEnumerable<Finding> Of(TlsOptions tls, DateTimeOffset now)
    {
        if (!tls.Enabled) return [];
        try
        {
            using var files = tls.Read(now);
            var left = files.ValidUntil - now;
            var dates = string.Create(CultureInfo.InvariantCulture, $"valid until {files.ValidUntil.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");
            return
            [
                left > Notice
                    ? new Finding(Name, Severity.Good, $"This node's is {dates}.", "")
                    : new Finding(Name, Severity.Warning, $"This node's is {dates}, {left.TotalDays:0} days from now.", "Give each node a new one, and restart them one by one: it is read at the start."),
            ];
        }
        catch (TlsFilesException error)
        {
            return [new Finding(Name, Severity.Bad, error.Message, "Links that are open stay open, and new ones fail: give the node a valid certificate, and restart it.")];
        }
    }
}
