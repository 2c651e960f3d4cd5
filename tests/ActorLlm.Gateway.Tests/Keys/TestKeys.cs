using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Gateway.Tests.Keys;

/// <summary>A server with three keys: two of acme, one of another tenant.</summary>
public static class TestKeys
{
    public const string Acme = "sk-al-acme";
    public const string AcmeNext = "sk-al-acme-next";
    public const string Other = "sk-al-other";

    public static Task<GatewayServer> StartAsync(string urls = "http://127.0.0.1:0") => GatewayServer.StartAsync(Use, urls: urls);

    public static void Use(GatewayOptions options) => options.ApiKeys = [Key("acme", Acme), Key("acme", AcmeNext), Key("other", Other)];

    /// <summary>Sends a turn of one conversation with a key.</summary>
    public static Task<HttpResponseMessage> AskAsync(this GatewayServer server, string key, string body = Responses.Hi) =>
        server.PostAsync(body, ("Authorization", $"Bearer {key}"), ("X-Conversation-Id", "c"), ("Idempotency-Key", "k"));

    public static AuthenticationHeaderValue Bearer(string key) => new("Bearer", key);

    private static ApiKeyOptions Key(string tenant, string key) =>
        new() { Tenant = tenant, Hash = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) };
}
