using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Processes;

/// <summary>A new key for the HTTP face of nodes, and the hash that is all that they are told of it.</summary>
/// <remarks>Programs share no code with the nodes that they start; what both must agree on is what stands in the configuration.</remarks>
public sealed class ApiKey
{
    // As many bits as the hash has: nobody guesses it, and so the hash need not be slow.
    private const int RandomBytes = 32;

    /// <summary>Makes one that nobody had before.</summary>
    public ApiKey()
    {
        Key = "sk-al-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        Hash = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Key)));
    }

    /// <summary>The key, for the header <c>Authorization: Bearer KEY</c>: <c>sk-al-</c> and 43 letters, digits, dashes and underscores.</summary>
    public string Key { get; }

    /// <summary>Its hash, for the setting <c>ActorLlm:Gateway:ApiKeys:0:Hash</c>.</summary>
    public string Hash { get; }
}
