using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ActorLlm.Samples.Tests;

/// <summary>A model that gives these answers in this order; <c>{"refund":{...}}</c> is a call of that tool.</summary>
internal sealed class ScriptedModel(params string[] answers) : IChatClient
{
    /// <summary>The last message of each prompt.</summary>
    public List<string> Prompts { get; } = [];

    public List<ChatOptions?> Options { get; } = [];

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        Prompts.Add(messages.Last().Text);
        Options.Add(options);
        var answer = answers[Prompts.Count - 1];
        AIContent content = answer.StartsWith("""{"refund":""", StringComparison.Ordinal)
            ? new FunctionCallContent("c1", "refund", JsonElement.Parse(answer).GetProperty("refund").Deserialize<Dictionary<string, object?>>())
            : new TextContent(answer);
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [content])));
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
