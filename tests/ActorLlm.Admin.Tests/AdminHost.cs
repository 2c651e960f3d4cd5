using System.Net;
using System.Net.Http.Json;
using System.Text;
using ActorLlm.Hosting;
using ActorLlm.Inspection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Admin.Tests;

/// <summary>The admin endpoint on a real server and a free port, over a cluster that answers as a test says.</summary>
public sealed class AdminHost : IAsyncDisposable
{
    private readonly IHost _host;

    private AdminHost(IHost host, FakeCluster cluster, FakeAuditLog audit, FakeOutbox outbox, LogLines log)
    {
        (_host, Cluster, Audit, Outbox, Log) = (host, cluster, audit, outbox, log);
        Url = host.Services.GetRequiredService<AdminServer>().Url;
        Client = new HttpClient { BaseAddress = Url is null ? null : new Uri(Url) };
    }

    public FakeCluster Cluster { get; }

    public FakeAuditLog Audit { get; }

    public FakeOutbox Outbox { get; }

    public LogLines Log { get; }

    public HttpClient Client { get; }

    /// <summary>Where it listens; null where it does not.</summary>
    public string? Url { get; }

    public static Task<AdminHost> StartAsync(FakeCluster? cluster = null) => StartAsync([("Url", "http://127.0.0.1:0")], cluster);

    /// <param name="settings">Keys below <c>ActorLlm:Admin</c>.</param>
    /// <param name="cluster">What answers.</param>
    public static async Task<AdminHost> StartAsync((string Key, string? Value)[] settings, FakeCluster? cluster = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(one => KeyValuePair.Create($"ActorLlm:Admin:{one.Key}", one.Value)));
        cluster ??= new FakeCluster();
        var (audit, outbox, log) = (new FakeAuditLog(), new FakeOutbox(), new LogLines());
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton<IInspection>(cluster).AddSingleton<ISteering>(cluster).AddSingleton<IConversationExport>(cluster)
            .AddSingleton<IAuditLog>(audit).AddSingleton<IReplyOutbox>(outbox).AddActorLlmAdmin();
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            return new AdminHost(host, cluster, audit, outbox, log);
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async Task<T> GetAsync<T>(string path) => (await Client.GetFromJsonAsync<T>(path, AdminApi.Json))!;

    public Task<HttpResponseMessage> PostAsync(string path, string json) =>
        Client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public async Task StopAsync() => await _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }
}

public static class AdminAnswers
{
    /// <summary>Reads an error and checks its form.</summary>
    public static async Task<string> ErrorAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"Expected {(int)status}, got {(int)response.StatusCode}: {text}");
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        return System.Text.Json.JsonSerializer.Deserialize<AdminError>(text, AdminApi.Json)!.Error;
    }

    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response)
    {
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return (await response.Content.ReadFromJsonAsync<T>(AdminApi.Json))!;
    }
}
