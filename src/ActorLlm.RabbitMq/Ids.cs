using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.RabbitMq;

/// <summary>The one place of the bridge where ids are made up or derived, and where chance comes from.</summary>
internal static class Ids
{
    private const int HashBytes = 16;

    public static string Hash(string text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), digest);
        return Convert.ToHexStringLower(digest[..HashBytes]);
    }

    // The edge: behind it everything can be replayed.
#pragma warning disable RS0030
    public static string New() => $"made-{Guid.NewGuid():N}";

    public static double Jitter() => Random.Shared.NextDouble();
#pragma warning restore RS0030
}
