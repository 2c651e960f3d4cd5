using System.Net;
using System.Text;
using System.Text.Json;

namespace ActorLlm.Gateway.Tests;

/// <summary>Calls of any path, as programs make them.</summary>
public static class ApiCalls
{
    /// <summary>Sends a request and reads its JSON, which must come with 200.</summary>
    public static async Task<JsonElement> AskAsync(
        this GatewayServer server, HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await server.SendAsync(method, path, body, headers);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{method} {path} gave {(int)response.StatusCode}: {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    /// <summary>Sends a request that must be refused.</summary>
    public static async Task<ErrorBody> RefusedAsync(this GatewayServer server, HttpStatusCode status, HttpMethod method, string path, string? body = null)
    {
        using var response = await server.SendAsync(method, path, body);
        return await response.ErrorAsync(status);
    }

    public static Task<HttpResponseMessage> SendAsync(
        this GatewayServer server, HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return server.Client.SendAsync(request);
    }

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
