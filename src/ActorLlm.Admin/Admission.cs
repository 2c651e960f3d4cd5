using System.Net;
using System.Security.Cryptography;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>Lets a request in and says who sent it.</summary>
internal sealed class Admission(AdminOptions options, AdminAddress address)
{
    /// <summary>Who sent a request that needed no key.</summary>
    public const string Nobody = OrderAudit.Loopback;

    private const string Scheme = "Bearer ";
    private const string Expected = "Send the header Authorization: Bearer KEY.";

    private readonly (byte[] Hash, string Name)[] _keys =
        [.. options.Keys.Select((key, index) => (ApiKeyHash.TryParse(key.Hash, out _)!, key.NameAt(index)))];

    /// <summary>The name of the key that the request carries, or <see cref="Nobody"/> where none is needed.</summary>
    /// <exception cref="RefusedException">The request is not let in.</exception>
    public string Admit(HttpRequest request)
    {
        RefuseBrowsers(request);
        if (_keys.Length == 0) return Nobody;
        var authorization = request.Headers.Authorization;
        if (authorization.Count == 0) throw Unauthorized($"The admin endpoint asks for a key. {Expected}");
        if (authorization.Count > 1 || authorization[0] is not { } text || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            throw Unauthorized($"The header Authorization is not of the form 'Bearer KEY'. {Expected}");
        return Find(ApiKeyHash.Of(text[Scheme.Length..].Trim(' ')))
            ?? throw Unauthorized($"The key is none of the admin endpoint's; those of the HTTP face are others. Keys are set with {AdminOptions.Section}:Keys.");
    }

    // A page that someone on this machine looks at may send requests here, without a key where none is asked for.
    private void RefuseBrowsers(HttpRequest request)
    {
        if (!address.IsMeantBy(request.Host))
        {
            throw new RefusedException(
                HttpStatusCode.Forbidden,
                $"The header Host is {RefusedException.Show(request.Host.Value ?? "")}; this admin endpoint listens on loopback and is asked as localhost or 127.0.0.1.");
        }

        if (request.Headers.Origin.Count > 0)
            throw new RefusedException(HttpStatusCode.Forbidden, "The request comes from a page in a browser (it has the header Origin); the admin endpoint serves none.");
    }

    // All keys are compared, and all of each, so that the time it takes says nothing about how near a guess came.
    private string? Find(byte[] hash)
    {
        string? found = null;
        foreach (var (known, name) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash)) found = name;
        }

        return found;
    }

    private static RefusedException Unauthorized(string message) => new(HttpStatusCode.Unauthorized, message);
}
