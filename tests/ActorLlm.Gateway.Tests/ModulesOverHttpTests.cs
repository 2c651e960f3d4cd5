using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ActorLlm.Hosting;
using ActorLlm.Modules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Gateway.Tests;

/// <summary>Modules and images as a client of the HTTP API sees them, over a whole node.</summary>
public sealed class ModulesOverHttpTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Client = new() { Timeout = Patience };

    private readonly string _folder = Directory.CreateTempSubdirectory("actorllm-modules-").FullName;
    private readonly Halves _halves = new();
    private WebApplication _app = null!;
    private Uri _address = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration["ActorLlm:Backends:main:Type"] = "Simulator";
        builder.Configuration["ActorLlm:Backends:main:Models"] = "sim";
        builder.Configuration["ActorLlm:Backends:words:Type"] = "Simulator";
        builder.Configuration["ActorLlm:Backends:words:Models"] = "words";
        builder.Configuration["ActorLlm:Backends:words:Images"] = "false";
        builder.Configuration["ActorLlm:Images:AllowedHosts"] = "images.example.com";
        builder.Configuration["ActorLlm:Conversations:RetryMin"] = "00:00:00.010";
        builder.Services.AddSingleton(_halves).AddModule<HalfByHalf>("half").AddModule<Broken>("broken");
        builder.AddActorLlm(options => options.Sqlite = Path.Combine(_folder, "test.db"));
        builder.Services.AddActorLlmGateway();
        _app = builder.Build();
        _app.MapActorLlm();
        await _app.StartAsync();
        _address = new Uri(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_list_has_modules_beside_the_backends_models()
    {
        using var response = await Client.GetAsync(new Uri(_address, "/v1/models"));

        Assert.Equal(["sim", "words", "broken", "half"], (await response.JsonAsync()).GetProperty("data").EnumerateArray().Select(model => model.Text("id")));
    }

    [Fact]
    public async Task A_modules_reply_is_streamed_as_it_grows()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address, "/v1/chat/completions")) { Content = Json("half", "\"Ada\"", stream: true) };
        using var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());

        var text = new StringBuilder();
        while (await lines.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal)) continue;
            using var chunk = JsonDocument.Parse(line[6..]);
            Assert.Equal("half", chunk.RootElement.Text("model"));
            if (chunk.RootElement.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var piece)) text.Append(piece.GetString());
            // The module ends only once its first half has been seen.
            if (text.ToString() == "Hello, ") _halves.Seen.TrySetResult();
        }

        Assert.Equal("Hello, Ada", text.ToString());
    }

    [Fact]
    public async Task A_module_that_fails_is_the_servers_error_and_named()
    {
        var error = await RefusedAsync(HttpStatusCode.InternalServerError, "broken", "\"x\"");

        Assert.Equal(("module_failed", "The turn failed: The module 'broken' threw FormatException; the log of the worker's node has the details."), error);
    }

    [Fact]
    public async Task A_model_that_is_neither_a_module_nor_a_backends_is_404() =>
        Assert.Equal("model_not_found", (await RefusedAsync(HttpStatusCode.NotFound, "nonesuch", "\"x\"")).Code);

    [Fact]
    public async Task A_module_is_not_called_without_storing()
    {
        var (code, message) = await RefusedAsync(HttpStatusCode.BadRequest, "half", "\"x\"", ",\"store\":false");

        Assert.Equal(("invalid_value", "The module 'half' answers turns that are stored, and no others; leave out \"store\": false."), (code, message));
    }

    [Theory]
    [InlineData("words", "data:image/png;base64,iVBORw0KGgo=", "The model 'words' takes no images")]
    [InlineData("sim", "data:image/png;base64,SGVsbG8=", "does not hold an image")]
    [InlineData("sim", "data:image/png;base64,***", "neither an https: or http: address nor a data: URL")]
    [InlineData("sim", "http://169.254.169.254/latest/meta-data", "not an address of the public internet")]
    [InlineData("sim", "http://[::ffff:127.0.0.1]/a.png", "not an address of the public internet")]
    [InlineData("sim", "https://elsewhere.example.com/a.png", "Images at 'elsewhere.example.com' are not allowed here.")]
    [InlineData("half", "https://elsewhere.example.com/a.png", "Images at 'elsewhere.example.com' are not allowed here.")]
    public async Task An_image_that_cannot_be_shown_is_refused_with_the_reason_stored_or_not(string model, string url, string why)
    {
        var content = $$$"""[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"{{{url}}}"}}]""";

        var (code, message) = await RefusedAsync(HttpStatusCode.BadRequest, model, content);
        Assert.Equal("invalid_value", code);
        Assert.Contains(why, message, StringComparison.Ordinal);
        if (model != "half") Assert.Contains(why, (await RefusedAsync(HttpStatusCode.BadRequest, model, content, ",\"store\":false")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_is_too_large_is_413()
    {
        var content = $$$"""[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgoA{{{new string('A', 2 * 1024 * 1024)}}}"}}]""";

        Assert.Equal("content_too_large", (await RefusedAsync(HttpStatusCode.RequestEntityTooLarge, "sim", content)).Code);
    }

    [Theory]
    [InlineData("data:image/gif;base64,R0lGODlhAQABAAAAACw=")]
    [InlineData("https://images.example.com/a.png")]
    public async Task An_image_that_can_be_shown_is_answered(string url)
    {
        using var response = await Client.PostAsync(
            new Uri(_address, "/v1/chat/completions"), Json("sim", $$$"""[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"{{{url}}}"}}]"""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static StringContent Json(string model, string content, bool stream = false, string more = "") => new(
        $$$"""{"model":"{{{model}}}","stream":{{{(stream ? "true" : "false")}}}{{{more}}},"messages":[{"role":"user","content":{{{content}}}}]}""", Encoding.UTF8, "application/json");

    private async Task<(string? Code, string Message)> RefusedAsync(HttpStatusCode status, string model, string content, string more = "")
    {
        using var response = await Client.PostAsync(new Uri(_address, "/v1/chat/completions"), Json(model, content, more: more));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        using var json = JsonDocument.Parse(body);
        var error = json.RootElement.GetProperty("error");
        return (error.GetProperty("code").GetString(), error.Text("message"));
    }

    private sealed class Halves
    {
        public TaskCompletionSource Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class HalfByHalf(Halves halves) : IModule
    {
        public async IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return ModuleReply.Text("Hello, ");
            await halves.Seen.Task.WaitAsync(cancellationToken);
            yield return ModuleReply.Text(turn.Content.Messages[^1].Text);
            yield return ModuleReply.End();
        }
    }

    private sealed class Broken : IModule
    {
        public IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, CancellationToken cancellationToken) => throw new FormatException("secret");
    }
}
