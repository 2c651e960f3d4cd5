using System.Globalization;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway;

/// <summary>OpenAI's headers for a bound. The bounds here are on what is unfinished at once, and not on a rate.</summary>
internal static class RateLimitHeaders
{
    /// <summary>Tells how many more unfinished turns a conversation may have, while the answer's headers can still be set.</summary>
    /// <param name="http">The request.</param>
    /// <param name="unfinished">How many it has; null where nobody says.</param>
    public static void SetTurns(HttpContext http, int? unfinished)
    {
        if (unfinished is not { } count || http.Response.HasStarted) return;
        var limit = http.RequestServices.GetRequiredService<IOptions<ActorLlmOptions>>().Value.Conversations.MaxPendingTurns;
        Set(http.Response.Headers, limit, Math.Max(limit - count, 0));
    }

    /// <param name="headers">Where they are set.</param>
    /// <param name="limit">The most allowed at once.</param>
    /// <param name="remaining">How many more there may be now.</param>
    public static void Set(IHeaderDictionary headers, int limit, int remaining)
    {
        headers["x-ratelimit-limit-requests"] = limit.ToString(CultureInfo.InvariantCulture);
        headers["x-ratelimit-remaining-requests"] = remaining.ToString(CultureInfo.InvariantCulture);
        // A place is free when something ends, which nobody knows beforehand: this is when to look again.
        headers["x-ratelimit-reset-requests"] = "1s";
    }
}
