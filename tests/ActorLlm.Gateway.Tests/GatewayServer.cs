using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests;

/// <summary>The gateway on a real server and a free port, over scripted conversations.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GatewayServer(WebApplication app, FakeConversations conversations, FakeDirectCalls direct, FakeEmbeddings embeddings, FakeModels models, FakeOutbox outbox)
    {
        (_app, Conversations, Direct, Embeddings, Models, Outbox) = (app, conversations, direct, embeddings, models, outbox);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)) };
    }

    public FakeConversations Conversations { get; }

    public FakeDirectCalls Direct { get; }

    public FakeEmbeddings Embeddings { get; }

    public FakeModels Models { get; }

    public FakeOutbox Outbox { get; }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public static async Task<GatewayServer> StartAsync(Action<GatewayOptions>? configure = null, TimeProvider? time = null, string urls = "http://127.0.0.1:0", DecidedConversations? real = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(urls);
        builder.Logging.ClearProviders();
        var (conversations, direct, embeddings, models, outbox) =
            (new FakeConversations(), new FakeDirectCalls(), new FakeEmbeddings(), new FakeModels("sim-1", "org/sim-2"), new FakeOutbox());
        builder.Services.AddSingleton<IConversations>(real ?? (IConversations)conversations)
            .AddSingleton<IConversationRecords>(real ?? new DecidedConversations())
            .AddSingleton<IDirectCalls>(direct)
            .AddSingleton<IEmbeddings>(embeddings)
            .AddSingleton<IModels>(models)
            .AddSingleton<IReplyOutbox>(outbox)
            .AddSingleton<IWebhooks>(outbox);
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddActorLlmGateway(configure);
        var app = builder.Build();
        app.UseActorLlmErrors();
        app.MapGet("/own", () => "mine");
        app.MapGet("/own/none", () => Results.Text("not mine", statusCode: StatusCodes.Status404NotFound));
        app.MapActorLlm();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new GatewayServer(app, conversations, direct, embeddings, models, outbox);
    }

    /// <summary>Posts a chat completion request and waits for its headers.</summary>
    public Task<HttpResponseMessage> PostAsync(string body, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Stops the server as SIGTERM does: what is in flight may finish.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Stops the server; no handler runs after that. May be called twice.</summary>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

public static class Responses
{
    public const string Hi = """{"model":"sim-1","messages":[{"role":"user","content":"Hi"}]}""";

    public const string HiStreamed = """{"model":"sim-1","stream":true,"messages":[{"role":"user","content":"Hi"}]}""";

    public const string HiDirect = """{"model":"sim-1","store":false,"messages":[{"role":"user","content":"Hi"}]}""";

    public const string HiDirectStreamed = """{"model":"sim-1","store":false,"stream":true,"messages":[{"role":"user","content":"Hi"}]}""";

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Reads an error and checks what every error has.</summary>
    public static async Task<ErrorBody> ErrorAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"Expected {(int)status}, got {(int)response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("req_", response.Header("x-request-id"), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(text);
        var error = Assert.Single(document.RootElement.EnumerateObject()).Value;
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(member => member.Name));
        return new ErrorBody(
            error.GetProperty("message").GetString()!, error.GetProperty("type").GetString()!,
            error.GetProperty("param").GetString(), error.GetProperty("code").GetString()!);
    }

    public static string? Header(this HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;
}

public sealed record ErrorBody(string Message, string Type, string? Param, string Code);
