using ActorLlm.Backends;
using ActorLlm.Testing;
using Akka.Actor;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Hosting.Tests;

/// <summary>A host as an embedding application has it, on a SQLite file of its own unless told otherwise, with a chat client that the test scripts.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly TempFolder? _own;
    private bool _stopped;

    private TestHost(IHost host, TempFolder? own)
    {
        _host = host;
        _own = own;
    }

    public IServiceProvider Services => _host.Services;

    public IConversations Conversations => Services.GetRequiredService<IConversations>();

    public ActorSystem System => Services.GetRequiredService<ActorSystem>();

    /// <summary>Starts one. Its database ends with it, unless it is in the folder given.</summary>
    public static async Task<TestHost> StartAsync(
        IChatClient client, TempFolder? folder = null, Action<ActorLlmOptions>? configure = null, Action<BackendOptions>? backend = null,
        Action<ILoggingBuilder>? logging = null, Action<IServiceCollection>? services = null)
    {
        var own = folder is null ? new TempFolder() : null;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        logging?.Invoke(builder.Logging);
        builder.Services.AddBackend("scripted", _ => client, ["scripted-model"], backend);
        services?.Invoke(builder.Services);
        builder.AddActorLlm(options =>
        {
            options.Sqlite = (folder ?? own!).Of("test.db");
            configure?.Invoke(options);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new TestHost(host, own);
    }

    /// <summary>Stops the host as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        await _host.StopAsync();
        _own?.Dispose();
    }

    /// <summary>Ends the actor system on the spot: no leaving, no hand-off, no draining.</summary>
    public async Task AbortAsync()
    {
        _stopped = true;
        ((ExtendedActorSystem)System).Abort();
        await System.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(30));
        _own?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped) await StopAsync();
        _host.Dispose();
    }
}
