using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Support;

/// <summary>A client whose stream a test steers step by step.</summary>
public sealed class ScriptedChatClient(Func<ChatOptions?, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> script) : IChatClient
{
    public int Disposed { get; private set; }

    public static ChatResponseUpdate Text(string text) => new(ChatRole.Assistant, text);

    public static ChatResponseUpdate End { get; } = new(ChatRole.Assistant, "") { FinishReason = ChatFinishReason.Stop };

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await script(options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (ChatResponseUpdate update in script(options, cancellationToken).WithCancellation(cancellationToken))
            yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => Disposed++;
}
