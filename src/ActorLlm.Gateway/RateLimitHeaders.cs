using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway;

/// <summary>OpenAI's headers for a bound. The bounds here are on what is unfinished at once, and not on a rate.</summary>
internal static class RateLimitHeaders
{
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
