using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Keys;

/// <summary>Whose request it is.</summary>
/// <param name="Tenant">Its conversations are the only ones that the request may reach.</param>
internal sealed record Caller(string Tenant);

internal static class CallerExtensions
{
    /// <summary>The tenant of the request. Make every <see cref="Domain.ConversationId"/> with it: another's conversation is then one that does not exist.</summary>
    /// <exception cref="InvalidOperationException">The endpoint is not wrapped by <see cref="Shell"/>, so that nobody has let the request in.</exception>
    public static string Tenant(this HttpContext http) =>
        (http.Features.Get<Caller>() ?? throw new InvalidOperationException($"{http.Request.Path} was not let in: wrap its endpoint with {nameof(Shell)}.")).Tenant;
}
