using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace ActorLlm.Hosting.Tests;

/// <summary>One call of the model, as a script sees it.</summary>
/// <param name="Node">Whose client was called.</param>
/// <param name="Prompt">The last user message.</param>
/// <param name="Number">1 for the first call with this prompt, over all clients of the log.</param>
/// <param name="Messages">All messages sent.</param>
/// <param name="At">When, by <see cref="TimeProvider.GetTimestamp"/>.</param>
internal sealed record Call(string Node, string Prompt, int Number, IReadOnlyList<ChatMessage> Messages, long At);

/// <summary>What the clients of one test were asked, over all its nodes.</summary>
internal sealed class CallLog
{
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public IReadOnlyList<Call> All => [.. _calls];

    public IReadOnlyList<Call> Of(string prompt) => [.. _calls.Where(call => call.Prompt == prompt)];

    public Call Add(string node, IReadOnlyList<ChatMessage> messages)
    {
        var prompt = messages[^1].Text;
        var call = new Call(node, prompt, _counts.AddOrUpdate(prompt, 1, (_, n) => n + 1), messages, TimeProvider.System.GetTimestamp());
        _calls.Enqueue(call);
        return call;
    }
}

/// <summary>Answers each call with what the script gives for it.</summary>
internal sealed class ScriptedChatClient(
    Func<Call, CancellationToken, IAsyncEnumerable<string>> script, CallLog? log = null, string node = "node") : IChatClient
{
    public ScriptedChatClient(Func<string, CancellationToken, IAsyncEnumerable<string>> script)
        : this((call, stop) => script(call.Prompt, stop))
    {
    }

    public CallLog Log { get; } = log ?? new CallLog();

    public int Calls => Log.All.Count;

    public static ScriptedChatClient Echo(CallLog? log = null, string node = "node") =>
        new((call, _) => new[] { "echo: ", call.Prompt }.ToAsyncEnumerable(), log, node);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var call = Log.Add(node, [.. messages]);
        await foreach (var piece in script(call, cancellationToken).WithCancellation(cancellationToken))
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
