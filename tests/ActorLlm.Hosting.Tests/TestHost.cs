using ActorLlm.Backends;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Hosting.Tests;

/// <summary>A host as an embedding application has it, on a SQLite file of its own and with a chat client that the test scripts.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    private TestHost(IHost host, string folder)
    {
        _host = host;
        Folder = folder;
    }

    public string Folder { get; }

    public IServiceProvider Services => _host.Services;

    public IConversations Conversations => Services.GetRequiredService<IConversations>();

    public static async Task<TestHost> StartAsync(IChatClient client, string? folder = null, Action<ActorLlmOptions>? configure = null)
    {
        folder ??= Directory.CreateTempSubdirectory("actorllm-").FullName;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddBackend("scripted", _ => client, "scripted-model");
        builder.AddActorLlm(options =>
        {
            options.Sqlite = Path.Combine(folder, "test.db");
            configure?.Invoke(options);
        });
        var host = builder.Build();
        await host.StartAsync();
        return new TestHost(host, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>Answers each call with what the script gives for the last user message.</summary>
internal sealed class ScriptedChatClient(Func<string, CancellationToken, IAsyncEnumerable<string>> script) : IChatClient
{
    private int _calls;

    public int Calls => _calls;

    public static ScriptedChatClient Echo() => new((prompt, _) => new[] { "echo: ", prompt }.ToAsyncEnumerable());

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _calls);
        await foreach (var piece in script(messages.Last().Text, cancellationToken).WithCancellation(cancellationToken))
            yield return new ChatResponseUpdate(ChatRole.Assistant, piece);
        yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 3, OutputTokenCount = 2 })])
        {
            FinishReason = ChatFinishReason.Stop,
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
