using System.Security.Cryptography;
using System.Text;
using ActorLlm.Domain;

namespace ActorLlm.Hosting;

/// <summary>The one place where ids are made up for callers who bring none, or derived where a repeat must find the same thing.</summary>
internal static class Ids
{
    /// <summary>How the name of a conversation begins that is derived from the key of its turn.</summary>
    public const string KeyPrefix = "key-";

    private const int HashBytes = 16;

    public static TurnId NewTurn() => TurnId.Parse(NewRandom());

    public static string NewConversationName() => NewRandom();

    /// <summary>The conversation of a turn sent without one: the same key of a tenant always reaches the same conversation.</summary>
    public static ConversationId ConversationOf(string tenant, TurnId key) => ConversationId.Of(tenant, KeyPrefix + Hash(key.Value));

    public static string Hash(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return Convert.ToHexStringLower(digest[..HashBytes]);
    }

    // Randomness is banned elsewhere so that everything behind the edge can be replayed; this is the edge.
#pragma warning disable RS0030
    public static string NewRandom() => Guid.NewGuid().ToString("N");

    /// <summary>A number in [0, 1) that spreads retries out.</summary>
    public static double Jitter() => Random.Shared.NextDouble();
#pragma warning restore RS0030
}
