using System.Buffers;
using System.Buffers.Text;
using System.Net;

namespace ActorLlm.Domain.Images;

/// <summary>What an image of a message must be.</summary>
public static class ImageRules
{
    /// <summary>Bytes at the beginning of a file that tell whether it is an image.</summary>
    public const int HeadBytes = 12;

    // Base64 writes three bytes as four characters.
    private const int HeadCharacters = HeadBytes / 3 * 4;

    private const string Kinds = "PNG, JPEG, GIF or WebP";

    /// <summary>What is wrong with an image's URL, or null. An image that the URL holds is looked at, one that it points at is not.</summary>
    public static string? Error(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (url.StartsWith("data:", StringComparison.OrdinalIgnoreCase)) return DataError(url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            return "An image's URL is neither an https: or http: address nor a data: URL with base64 (data:image/png;base64,...).";
        return AddressError(address);
    }

    /// <summary>What is wrong with an address as it is written, or null: whether its host's name stands for a private address is known when it is resolved.</summary>
    public static string? AddressError(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.UserInfo.Length > 0) return "An image's URL has a name or a password before its host; send the URL without them.";
        var host = address.DnsSafeHost.TrimEnd('.');
        var isPublic = IPAddress.TryParse(host, out var ip) ? PublicAddress.IsPublic(ip) : host.Length > 0 && !IsLocalName(host);
        return isPublic
            ? null
            : $"An image's URL points at '{host}', which is not an address of the public internet. Send the image itself as a data: URL (data:image/png;base64,...).";
    }

    /// <summary>The address that an image is at; null where it holds the image itself.</summary>
    public static Uri? AddressOf(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) ? null : new Uri(url);
    }

    /// <summary>The media type of a file by its first bytes; null where it is no image of a kind that models take.</summary>
    public static string? MediaTypeOf(ReadOnlySpan<byte> head) => head switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        _ => null,
    };

    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static string? DataError(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !url.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase)
            || !url.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
            || !Base64.IsValid(url.AsSpan(comma + 1), out var length) || length == 0)
            return "An image's URL is neither an https: or http: address nor a data: URL with base64 (data:image/png;base64,...).";
        return MediaTypeOf(Head(url.AsSpan(comma + 1))) is null
            ? $"An image's data: URL does not hold an image: expected a file of the kind {Kinds}, whole and in base64."
            : null;
    }

    private static byte[] Head(ReadOnlySpan<char> base64)
    {
        Span<byte> text = stackalloc byte[HeadCharacters];
        var read = 0;
        foreach (var character in base64)
        {
            // White space is allowed between the characters, and says nothing.
            if (char.IsWhiteSpace(character)) continue;
            text[read++] = (byte)character;
            if (read == HeadCharacters) break;
        }

        var head = new byte[HeadBytes];
        return Base64.DecodeFromUtf8(text[..read], head, out _, out var written) == OperationStatus.Done ? head[..written] : [];
    }
}
