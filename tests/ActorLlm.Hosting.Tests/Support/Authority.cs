using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorLlm.Testing;

namespace ActorLlm.Hosting.Tests;

/// <summary>An authority of certificates, made for one test, with its files in the test's folder.</summary>
internal sealed class Authority : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TempFolder _folder;
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _own;

    public Authority(TempFolder folder, string name)
    {
        _folder = folder;
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _own = request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(1));
        File = folder.Of($"{name}.pem");
        System.IO.File.WriteAllText(File, _own.ExportCertificatePem());
    }

    public string File { get; }

    /// <summary>Issues a certificate as a PKCS #12 file, or as PEM with the key beside it.</summary>
    public TlsOptions Issue(string name, TimeSpan validFor, string? password = null, bool pem = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var bare = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).Create(_own, Now.AddDays(-30), Now + validFor, RandomNumberGenerator.GetBytes(8));
        using var certificate = bare.CopyWithPrivateKey(key);
        var (path, keyPath) = (_folder.Of($"{name}.{(pem ? "pem" : "pfx")}"), _folder.Of($"{name}.key"));
        if (pem)
        {
            System.IO.File.WriteAllText(path, certificate.ExportCertificatePem());
            System.IO.File.WriteAllText(keyPath, password is null
                ? key.ExportPkcs8PrivateKeyPem()
                : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        }
        else
        {
            System.IO.File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12, password));
        }

        return new TlsOptions { Certificate = path, Key = pem ? keyPath : null, Password = password, Authority = File };
    }

    public void Dispose()
    {
        _own.Dispose();
        _key.Dispose();
    }
}
