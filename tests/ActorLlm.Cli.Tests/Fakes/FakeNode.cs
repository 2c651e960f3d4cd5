using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ActorLlm.Inspection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Cli.Tests.Fakes;

/// <summary>A request as a fake node got it.</summary>
internal sealed record Asked(string Method, string Path, string Body, string? Authorization, IReadOnlyDictionary<string, string> Headers);

/// <summary>An HTTP server that answers what a test tells it to.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Asked> _asked = [];

    private FakeNode(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>The address without the last slash, as users write it.</summary>
    public string Url => Address.AbsoluteUri.TrimEnd('/');

    public IReadOnlyList<Asked> Requests => [.. _asked];

    public Asked Request => Assert.Single(_asked);

    /// <summary>Starts one that hands every request to the test.</summary>
    public static async Task<FakeNode> StartAsync(Func<HttpContext, Task> answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var node = new FakeNode(builder.Build());
        node._app.Run(async http =>
        {
            using var body = new StreamReader(http.Request.Body);
            var headers = http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            node._asked.Enqueue(new Asked(
                http.Request.Method, http.Request.Path + http.Request.QueryString, await body.ReadToEndAsync(), headers.GetValueOrDefault("Authorization"), headers));
            await answer(http);
        });
        await node._app.StartAsync();
        return node;
    }

    /// <summary>One that answers every request with this JSON.</summary>
    public static Task<FakeNode> AnswersAsync(string json, int status = 200) => StartAsync(http => WriteAsync(http, json, status));

    /// <summary>One that answers as an admin endpoint does.</summary>
    public static Task<FakeNode> AnswersAsync<T>(T answer, int status = 200) => AnswersAsync(JsonSerializer.Serialize(answer, AdminApi.Json), status);

    /// <summary>One that answers each path with its own.</summary>
    public static Task<FakeNode> ServesAsync(IReadOnlyDictionary<string, object> answers) => StartAsync(http =>
        answers.TryGetValue(http.Request.Path.Value!, out var answer)
            ? WriteAsync(http, JsonSerializer.Serialize(answer, AdminApi.Json), 200)
            : WriteAsync(http, """{"error":"There is no such path here."}""", 404));

    public static Task WriteAsync(HttpContext http, string json, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json);
    }

    /// <summary>A certificate that nobody signed but its own key, for 127.0.0.1.</summary>
    public static X509Certificate2 Certificate(DateTimeOffset from, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=fake node", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(from, until);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
