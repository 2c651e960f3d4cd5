using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ActorLlm.Domain;
using ActorLlm.Gateway.Errors;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace ActorLlm.Gateway.Keys;

/// <summary>Lets a request in and says whose it is, or refuses it; reads nothing of it but one header.</summary>
internal sealed class Admission(IOptions<GatewayOptions> options)
{
    private const string Scheme = "Bearer ";
    private const string Expected = "Send the header Authorization: Bearer KEY.";

    private static readonly Caller Anonymous = new(ConversationId.DefaultTenant);

    private readonly bool _servesAnyone = options.Value.AllowAnonymous;
    private readonly (byte[] Hash, Caller Caller)[] _keys =
        [.. options.Value.ApiKeys.Select(key => (ApiKeyHash.TryParse(key.Hash, out _)!, new Caller(key.Tenant)))];

    /// <summary>Null for a request that is let in; <see cref="CallerExtensions.Tenant"/> then knows its tenant.</summary>
    public ApiError? Refuse(HttpContext http)
    {
        if (_keys.Length == 0) return RefuseWithoutKeys(http);
        var authorization = http.Request.Headers.Authorization;
        if (authorization.Count == 0) return Unauthorized($"This server asks for an API key. {Expected}");
        if (!TryReadKey(authorization, out var key)) return Unauthorized($"The header Authorization is not of the form 'Bearer KEY'. {Expected}");
        if (Find(ApiKeyHash.Of(key)) is not { } caller) return Unauthorized("The API key is none of this server's. Its operator makes keys with 'actorllm key new'.");
        http.Features.Set(caller);
        return null;
    }

    // The host refuses to listen for other machines, but learns only after it does where it listens: no request may slip in before.
    private ApiError? RefuseWithoutKeys(HttpContext http)
    {
        if (!_servesAnyone && !Exposure.IsLocal(http.Connection))
            return Unauthorized("This server has no API keys and therefore serves only its own machine.");
        http.Features.Set(Anonymous);
        return null;
    }

    // All keys are compared, and all of each, so that the time it takes says nothing about how near a guess came.
    private Caller? Find(byte[] hash)
    {
        Caller? found = null;
        foreach (var (known, caller) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash)) found = caller;
        }

        return found;
    }

    private static bool TryReadKey(StringValues authorization, [NotNullWhen(true)] out string? key)
    {
        key = authorization.Count == 1 && authorization[0] is { } text && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? text[Scheme.Length..].Trim(' ')
            : null;
        return !string.IsNullOrEmpty(key);
    }

    private static ApiError Unauthorized(string message) => ApiError.Rejected(401, "invalid_api_key", message);
}
