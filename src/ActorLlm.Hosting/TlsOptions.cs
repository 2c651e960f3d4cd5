using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ActorLlm.Hosting;

/// <summary>
/// Encryption between the nodes, where each shows the others a certificate: <c>ActorLlm:Cluster:Tls</c>. All nodes of a cluster have it, or none.
/// </summary>
public sealed class TlsOptions
{
    /// <summary>This node's certificate with its private key: a PKCS #12 file (.pfx, .p12), or a PEM file beside <see cref="Key"/>; null, the default, for no encryption.</summary>
    public string? Certificate { get; set; }

    /// <summary>The private key of a PEM certificate, as a PEM file; null where it is in the certificate's own file.</summary>
    public string? Key { get; set; }

    /// <summary>What opens the PKCS #12 file, or an encrypted key; null for nothing.</summary>
    public string? Password { get; set; }

    /// <summary>PEM file of the authorities whose certificates are nodes of this cluster. No other authority is trusted, the machine's own neither.</summary>
    public string? Authority { get; set; }

    /// <summary>Whether the nodes speak TLS to each other.</summary>
    public bool Enabled => !string.IsNullOrWhiteSpace(Certificate);

    /// <summary>Reads the files.</summary>
    /// <exception cref="TlsFilesException">They cannot be read, or do not belong together.</exception>
    internal TlsFiles Read(DateTimeOffset now)
    {
        var own = Read(nameof(Certificate), Certificate!, ReadCertificate);
        if (!own.HasPrivateKey) throw new TlsFilesException(nameof(Certificate), Certificate!, "it has no private key; expected a PKCS #12 file, or a PEM certificate with ActorLlm:Cluster:Tls:Key");
        if (own.NotAfter.ToUniversalTime() <= now || own.NotBefore.ToUniversalTime() > now)
            throw new TlsFilesException(nameof(Certificate), Certificate!, $"it is valid from {own.NotBefore.ToUniversalTime():u} to {own.NotAfter.ToUniversalTime():u}, and not now; give the node a new one, or set its clock");
        var authorities = Read(nameof(Authority), Authority!, path =>
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(path);
            return all.Count > 0 ? all : throw new CryptographicException("there is no certificate in it");
        });
        var files = new TlsFiles(own, authorities);
        return files.Refusal(own) is { } refusal
            ? throw new TlsFilesException(nameof(Certificate), Certificate!, $"the authorities in {Authority} do not vouch for it ({refusal}): the other nodes would refuse this one")
            : files;
    }

    /// <summary>What is wrong with these options, each with its key, its value and what is allowed.</summary>
    internal IEnumerable<string> Errors(DateTimeOffset now)
    {
        if (!Enabled)
        {
            foreach (var (key, value) in new[] { (nameof(Key), Key), (nameof(Password), Password), (nameof(Authority), Authority) })
            {
                if (!string.IsNullOrWhiteSpace(value))
                    yield return $"ActorLlm:Cluster:Tls:{key} is set and not read, as ActorLlm:Cluster:Tls:Certificate is empty; set that to the node's certificate, or leave {key} out.";
            }
        }
        else if (string.IsNullOrWhiteSpace(Authority))
        {
            yield return "ActorLlm:Cluster:Tls:Authority is empty; expected the PEM file of the authority whose certificates are nodes of this cluster.";
        }
        else if (FileError(now) is { } error)
        {
            yield return error;
        }
    }

    private string? FileError(DateTimeOffset now)
    {
        try
        {
            Read(now).Dispose();
            return null;
        }
        catch (TlsFilesException error)
        {
            return error.Message;
        }
    }

    private X509Certificate2 ReadCertificate(string path)
    {
        if (X509Certificate2.GetCertContentType(path) == X509ContentType.Pkcs12) return X509CertificateLoader.LoadPkcs12FromFile(path, Password);
        using var pem = Password is null
            ? X509Certificate2.CreateFromPemFile(path, Key)
            : X509Certificate2.CreateFromEncryptedPemFile(path, Password, Key);
        // A key that lives in memory alone is of no use to TLS on every platform.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    private static T Read<T>(string key, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TlsFilesException(key, path, error.Message.TrimEnd('.'));
        }
    }
}

/// <summary>A file of <see cref="TlsOptions"/> is of no use.</summary>
internal sealed class TlsFilesException(string key, string path, string reason) : Exception($"ActorLlm:Cluster:Tls:{key} is {path}: {reason}.");
