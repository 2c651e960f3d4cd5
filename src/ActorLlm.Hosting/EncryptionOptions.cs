using System.Text;
using ActorLlm.Backends;
using ActorLlm.Serialization.AtRest;
using Microsoft.Extensions.Configuration;

namespace ActorLlm.Hosting;

/// <summary>Encryption of what is stored: <c>ActorLlm:Encryption</c>. The same on every node.</summary>
public sealed class EncryptionOptions
{
    /// <summary>Keys that open what was sealed with them, each <c>name:secret</c>, the secret 32 bytes in base64 (<c>openssl rand -base64 32</c>); default none.</summary>
    public IReadOnlyList<string> Keys { get; set; } = [];

    /// <summary>The name of the key that seals what is stored from now on; null, the default, stores it as it is.</summary>
    public string? SealWith { get; set; }

    internal static void BindLists(EncryptionOptions options, IConfigurationSection section)
    {
        if (SettingList.Read(section.GetSection(nameof(Keys))) is { } keys) options.Keys = keys;
    }

    /// <summary>The cipher; null where there are no keys.</summary>
    internal ContentCipher? Cipher() =>
        Keys.Count == 0 ? null : new ContentCipher(Keys.ToDictionary(NameOf, key => SecretOf(key)!), string.IsNullOrWhiteSpace(SealWith) ? null : SealWith);

    /// <summary>What is wrong with these options, each with its key and what is allowed, and without a secret.</summary>
    internal IEnumerable<string> Errors()
    {
        for (var i = 0; i < Keys.Count; i++)
        {
            if (SecretOf(Keys[i]) is null)
                yield return $"ActorLlm:Encryption:Keys:{i} is no key; expected is name:secret, the name 1 to {ContentCipher.MaxNameLength} ASCII characters, the secret {ContentCipher.KeyBytes} bytes in base64 (openssl rand -base64 {ContentCipher.KeyBytes}).";
        }

        foreach (var twice in Keys.CountBy(NameOf).Where(count => count.Value > 1))
            yield return $"ActorLlm:Encryption:Keys has the name '{twice.Key}' {twice.Value} times; each key has a name of its own.";
        if (!string.IsNullOrWhiteSpace(SealWith) && Keys.All(key => NameOf(key) != SealWith))
            yield return $"ActorLlm:Encryption:SealWith is '{SealWith}'; expected is the name of one of ActorLlm:Encryption:Keys, or leave it out.";
    }

    private static string NameOf(string key) => key.Split(':')[0];

    private static byte[]? SecretOf(string key)
    {
        var name = NameOf(key);
        if (name.Length is 0 or > ContentCipher.MaxNameLength || !Ascii.IsValid(name) || name.Length == key.Length) return null;
        var secret = new byte[ContentCipher.KeyBytes];
        return Convert.TryFromBase64String(key[(name.Length + 1)..], secret, out var written) && written == secret.Length ? secret : null;
    }
}
