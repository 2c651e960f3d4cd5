using System.Globalization;
using ActorLlm.Domain;
using ActorLlm.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Chat;

/// <summary>Where a client goes on reading a stream that broke off: the id of the last chunk that it has, as server-sent events have it.</summary>
/// <param name="Position">The chunk's end in the reply, in UTF-16 code units; 0 for the beginning.</param>
/// <param name="Mark">Tells the text up to there from another wording of it; null where the client does not say.</param>
internal readonly record struct ResumePoint(int Position, uint? Mark)
{
    public const string Header = "Last-Event-ID";

    /// <summary>Longest id: a position, a dash, and a mark in hexadecimal.</summary>
    public const int MaxLength = 10 + 1 + 8;

    /// <summary>Reads it: the beginning where nothing was said.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="named">Whether the request names its turn: without a key it is another one than the client was reading.</param>
    /// <param name="point">The place.</param>
    public static ApiError? Read(IHeaderDictionary headers, bool named, out ResumePoint point)
    {
        point = default;
        if (!headers.TryGetValue(Header, out var text)) return null;
        if (!named)
            return ApiError.InvalidValue(
                Header,
                $"The header {Header} says where to go on in a stream, but nothing says which turn's; expected the header {TurnAddress.KeyHeader} beside it, "
                + $"with the value that the stream's own answer had. For a new turn leave {Header} out.");
        return TryParse(text.ToString(), out point)
            ? null
            : ApiError.InvalidValue(Header, $"The header {Header} is {ApiError.Show(text.ToString())}; expected the id of a chunk of this stream, as it was sent.");
    }

    private static bool TryParse(string text, out ResumePoint point)
    {
        point = default;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!int.TryParse(dash < 0 ? text : text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var position) || position > Limits.MaxReplyBytes) return false;
        uint mark = 0;
        if (dash >= 0 && !uint.TryParse(text.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out mark)) return false;
        point = new ResumePoint(position, dash < 0 ? null : mark);
        return true;
    }
}
