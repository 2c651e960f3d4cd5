using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Serialization;
using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Serialization.AtRest;

/// <summary>
/// Seals what is stored with AES-256-GCM: who has the database and not the key reads none of it, and a changed byte is found. What was stored before there
/// were keys is read as it is.
/// </summary>
/// <remarks>
/// Each seal has a key of its own, derived by HKDF-SHA-256 from the configured one and a random salt: one configured key lasts for any number of rows, where random
/// nonces under a single key would have to be counted (NIST SP 800-38D, section 8.3).
/// Layout: 0x00, which begins no protobuf message; 0x01, the version; the key's name with its length before it; salt; ciphertext; tag.
/// </remarks>
public sealed class ContentCipher
{
    /// <summary>A key's size in bytes.</summary>
    public const int KeyBytes = 32;

    /// <summary>Longest name of a key, in ASCII characters.</summary>
    public const int MaxNameLength = 64;

    private const string TextMark = "sealed:";
    private const byte Mark = 0;
    private const byte Version = 1;
    private const int SaltBytes = 32;
    private const int TagBytes = 16;

    private static readonly byte[] Purpose = "actorllm at rest"u8.ToArray();

    // Each derived key seals once, so its nonce need not differ.
    private static readonly byte[] Nonce = new byte[12];

    /// <summary>How everything begins that is sealed, and nothing else that is stored.</summary>
    public static byte[] Beginning { get; } = [Mark];

    /// <summary>One without keys: it seals nothing.</summary>
    public static ContentCipher None { get; } = new(new Dictionary<string, byte[]>(), null);

    private readonly FrozenDictionary<string, byte[]> _keys;
    private readonly string? _sealWith;

    /// <summary>Makes one.</summary>
    /// <param name="keys">Keys of <see cref="KeyBytes"/> bytes by their names, which stand before what they seal.</param>
    /// <param name="sealWith">The key that seals; null where what is sealed is only read.</param>
    public ContentCipher(IReadOnlyDictionary<string, byte[]> keys, string? sealWith)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (sealWith is not null && !keys.ContainsKey(sealWith)) throw new ArgumentException($"There is no key '{sealWith}'.", nameof(sealWith));
        if (keys.Any(key => key.Value.Length != KeyBytes || key.Key.Length is 0 or > MaxNameLength || !Ascii.IsValid(key.Key)))
            throw new ArgumentException($"Each key has {KeyBytes} bytes, and a name of 1 to {MaxNameLength} ASCII characters.", nameof(keys));
        _keys = keys.ToFrozenDictionary();
        _sealWith = sealWith;
    }

    /// <summary>Seals bytes, or gives them as they are where no key seals.</summary>
    /// <param name="plain">The bytes.</param>
    /// <param name="about">What they are; they can be opened as nothing else.</param>
    public byte[] Seal(byte[] plain, string about)
    {
        ArgumentNullException.ThrowIfNull(plain);
        if (_sealWith is null) return plain;
        var header = 3 + _sealWith.Length;
        var bytes = new byte[header + SaltBytes + plain.Length + TagBytes];
        (bytes[0], bytes[1], bytes[2]) = (Mark, Version, (byte)_sealWith.Length);
        Encoding.ASCII.GetBytes(_sealWith, bytes.AsSpan(3));
        var salt = bytes.AsSpan(header, SaltBytes);
        RandomNumberGenerator.Fill(salt);
        using var aes = Derive(_keys[_sealWith], salt);
        var sealedAt = header + SaltBytes;
        aes.Encrypt(Nonce, plain, bytes.AsSpan(sealedAt, plain.Length), bytes.AsSpan(sealedAt + plain.Length), Encoding.UTF8.GetBytes(about));
        return bytes;
    }

    /// <summary>Opens what was sealed; gives what was not as it is.</summary>
    /// <exception cref="SerializationException">Its key is not known, or it was changed.</exception>
    public byte[] Open(byte[] bytes, string about)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        if (!IsSealed(bytes)) return bytes;
        if (bytes[1] != Version) throw Bad($"are sealed in version {bytes[1]}: a newer version wrote them; upgrade this node before it reads");
        var header = 3 + bytes[2];
        if (bytes.Length < header + SaltBytes + TagBytes) throw Bad("are sealed and cut short");
        var name = Encoding.ASCII.GetString(bytes, 3, bytes[2]);
        if (!_keys.TryGetValue(name, out var key)) throw UnknownKey(name);
        using var aes = Derive(key, bytes.AsSpan(header, SaltBytes));
        var body = bytes.AsSpan(header + SaltBytes);
        var plain = new byte[body.Length - TagBytes];
        try
        {
            aes.Decrypt(Nonce, body[..plain.Length], body[plain.Length..], plain, Encoding.UTF8.GetBytes(about));
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Bad($"were changed after they were sealed, or the key '{name}' is another one than then");
        }

        return plain;
    }

    /// <summary>Seals a text as another text.</summary>
    public string SealText(string plain, string about) =>
        _sealWith is null ? plain : TextMark + Convert.ToBase64String(Seal(Encoding.UTF8.GetBytes(plain), about));

    /// <summary>Opens a text that was sealed; gives one that was not as it is, though it look like one.</summary>
    /// <exception cref="SerializationException">Its key is not known, or it was changed.</exception>
    public string OpenText(string text, string about)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith(TextMark, StringComparison.Ordinal)) return text;
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text[TextMark.Length..], bytes, out var length) && IsSealed(bytes[..length])
            ? Encoding.UTF8.GetString(Open(bytes[..length], about))
            : text;
    }

    /// <summary>Whether bytes are sealed.</summary>
    public static bool IsSealed([NotNullWhen(true)] byte[]? bytes) => bytes is [Mark, _, _, ..];

    /// <summary>What is said where a key is missing.</summary>
    internal static SerializationException UnknownKey(string name) =>
        Bad($"are sealed with the key '{name}', which this node does not have: add it to ActorLlm:Encryption:Keys");

    private static SerializationException Bad(string problem) => new($"The stored bytes {problem}.");

    private static AesGcm Derive(byte[] key, ReadOnlySpan<byte> salt)
    {
        Span<byte> derived = stackalloc byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt, Purpose);
        return new AesGcm(derived, TagBytes);
    }
}
