using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Hosting;

/// <summary>
/// Signatures as Standard Webhooks 1.0 has them: HMAC-SHA256 over <c>id.timestamp.body</c>, which a receiver checks with any of that standard's libraries.
/// </summary>
internal static class WebhookSignature
{
    public const string SecretPrefix = "whsec_";
    public const int MinKeyBytes = 24;
    public const int MaxKeyBytes = 64;

    private const string Version = "v1,";

    /// <summary>The key that a secret stands for; null where it is none.</summary>
    public static byte[]? KeyOf(string secret)
    {
        if (!secret.StartsWith(SecretPrefix, StringComparison.Ordinal)) return null;
        var key = new byte[MaxKeyBytes + 1];
        return Convert.TryFromBase64String(secret[SecretPrefix.Length..], key, out var length) && length is >= MinKeyBytes and <= MaxKeyBytes ? key[..length] : null;
    }

    /// <summary>The header <c>webhook-signature</c>.</summary>
    public static string Of(byte[] key, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{at.ToUnixTimeSeconds()}.")), .. body];
        return Version + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }
}
