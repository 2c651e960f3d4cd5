using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Hosting;

/// <summary>What is kept of a key: its SHA-256, written <c>sha256:</c> and 64 hexadecimal digits.</summary>
/// <remarks>
/// A slow hash with a salt is for passwords, which can be guessed. A key is 256 bits of randomness: trying finds none, however quick one try is,
/// and it costs each request less than a microsecond.
/// </remarks>
internal static class ApiKeyHash
{
    private const string Prefix = "sha256:";
    private const string KeyPrefix = "sk-al-";
    private const int MostShown = 6;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    public static byte[] Of(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Reads a hash, or says what is wrong with it without giving it away.</summary>
    public static byte[]? TryParse(string text, out string? wrong)
    {
        wrong = null;
        if (text.StartsWith(Prefix, StringComparison.Ordinal)
            && text.Length == Prefix.Length + (2 * SHA256.HashSizeInBytes)
            && text.AsSpan(Prefix.Length).IndexOfAnyExcept(HexDigits) < 0)
        {
            return Convert.FromHexString(text.AsSpan(Prefix.Length));
        }

        wrong = text.Length == 0 ? "is missing" : text.StartsWith(KeyPrefix, StringComparison.Ordinal)
            ? $"is a key ({Show(text)}), which must not stand in a configuration; replace the key, as it may have been read"
            : $"is {Show(text)}, which is no hash";
        return null;
    }

    // Of a short secret the first characters would be most of it.
    private static string Show(string secret) => $"'{secret.AsSpan(0, Math.Min(MostShown, secret.Length / 4))}...', {secret.Length} characters";
}
