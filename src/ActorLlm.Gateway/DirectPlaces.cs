using ActorLlm.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway;

/// <summary>
/// The bound on this node's calls that are not stored, waiting or running: what is stored waits in the database, these wait in memory, with
/// their client.
/// </summary>
internal sealed class DirectPlaces(IOptions<GatewayOptions> options)
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly int _limit = options.Value.MaxDirectCalls;
    private int _taken;

    /// <summary>Takes places until <see cref="Leave"/>, or gives the error to answer with. Tells the client how many are left.</summary>
    public ApiError? Enter(HttpContext http, int count = 1)
    {
        if (count > _limit) return ApiError.InvalidValue("n", $"n is {count}; this node makes at most {_limit} calls at once that are not stored.");
        var taken = Interlocked.Add(ref _taken, count);
        RateLimitHeaders.Set(http.Response.Headers, _limit, Math.Max(_limit - taken, 0));
        if (taken <= _limit) return null;
        Leave(count);
        return ApiError.TooManyRequests(
            "rate_limit_exceeded",
            $"This node has {_limit} calls at once that are not stored, the most allowed ({GatewayOptions.Section}:{nameof(GatewayOptions.MaxDirectCalls)}). Try again later.",
            retry: true) with
        { RetryAfter = LookAgainAfter };
    }

    public void Leave(int count = 1) => Interlocked.Add(ref _taken, -count);
}
