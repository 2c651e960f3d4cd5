using ActorLlm.Gateway.Errors;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway;

/// <summary>The header by which a client has a reply sent to a URL of its own, beside the answer to its request.</summary>
internal sealed class WebhookHeader(IWebhooks webhooks, IReplyOutbox outbox)
{
    public const string Name = "X-ActorLlm-Webhook";

    /// <summary>What is wrong with the header, or null.</summary>
    /// <param name="http">The request.</param>
    /// <param name="stored">Whether the request makes a turn that is stored.</param>
    public ApiError? Check(HttpContext http, bool stored)
    {
        if (UrlOf(http) is not { } url) return null;
        if (!stored) return ApiError.InvalidValue(Name, $"{Name} needs a turn that is stored; leave \"store\": false out.");
        return webhooks.Refuse(url) is { } refused ? ApiError.InvalidValue(Name, refused) : null;
    }

    /// <summary>Accepts the turn, whose reply is then owed to the URL, where the request names one.</summary>
    public async Task OweAsync(HttpContext http, TurnRequest request)
    {
        if (UrlOf(http) is { } url) await outbox.OweAsync(request, webhooks.To(url), follow: false, http.RequestAborted);
    }

    private static string? UrlOf(HttpContext http) => http.Request.Headers.TryGetValue(Name, out var values) ? values.ToString() : null;
}
