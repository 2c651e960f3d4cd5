using System.Globalization;
using ActorLlm.Domain;
using ActorLlm.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Chat;

/// <summary>Where a client goes on reading a stream that broke off: the id of the last chunk that it has, as server-sent events have it.</summary>
internal static class ResumePoint
{
    public const string Header = "Last-Event-ID";

    /// <summary>Reads it: 0 where nothing was said.</summary>
    public static ApiError? Read(IHeaderDictionary headers, out int position)
    {
        position = 0;
        if (!headers.TryGetValue(Header, out var text)) return null;
        return int.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out position) && position <= Limits.MaxReplyBytes
            ? null
            : ApiError.InvalidValue(Header, $"The header {Header} is {ApiError.Show(text.ToString())}; expected the id of a chunk of this stream, 0 to {Limits.MaxReplyBytes}.");
    }
}
