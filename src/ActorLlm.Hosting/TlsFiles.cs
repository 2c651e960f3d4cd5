using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Hosting;

namespace ActorLlm.Hosting;

/// <summary>What a node shows the others, and by what it knows them.</summary>
internal sealed class TlsFiles(X509Certificate2 own, X509Certificate2Collection authorities) : IDisposable
{
    /// <summary>Until when this node's certificate is valid.</summary>
    public DateTimeOffset ValidUntil => own.NotAfter;

    /// <summary>For Akka's remoting: both sides show a certificate. Names are not looked at, as nodes come and go at any address: who has one of the authority's is a node.</summary>
    public SslOptions ForRemoting() => new()
    {
        X509Certificate = own,
        SuppressValidation = false,
        RequireMutualAuthentication = true,
        CustomValidator = (certificate, _, peer, _, log) =>
        {
            var refusal = certificate is null ? "it shows none" : Refusal(certificate);
            if (refusal is not null) log.Warning("The node at {0} was refused for its certificate ({1}): those in ActorLlm:Cluster:Tls:Authority do not vouch for it.", peer, refusal);
            return refusal is null;
        },
    };

    /// <summary>Why the authorities do not vouch for a certificate now; null where they do.</summary>
    public string? Refusal(X509Certificate2 certificate)
    {
        using var chain = new X509Chain
        {
            ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true },
        };
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        return chain.Build(certificate)
            ? null
            : string.Join("; ", chain.ChainStatus.Select(status => status.StatusInformation.Trim().TrimEnd('.')).Distinct());
    }

    public void Dispose()
    {
        own.Dispose();
        foreach (var authority in authorities) authority.Dispose();
    }
}
