using Microsoft.Extensions.AI;

namespace ActorLlm.Clients.Tests.Clients;

/// <summary>NuGet <c>Microsoft.Extensions.AI.OpenAI</c>: the same SDK as an <see cref="IChatClient"/>.</summary>
internal sealed class ExtensionsAI : IClient
{
    public string Name => "nuget-extensions";

    public async Task<ChatReply> AskAsync(ChatAsk ask, CancellationToken cancellationToken = default)
    {
        using var client = Client(ask);
        return ReplyOf(await client.GetResponseAsync(Messages(ask), Options(ask), cancellationToken));
    }

    public async Task<ChatReply> StreamAsync(ChatAsk ask, Func<string, Task> onPiece, CancellationToken cancellationToken = default)
    {
        using var client = Client(ask);
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync(Messages(ask), Options(ask), cancellationToken))
        {
            updates.Add(update);
            if (update.Text.Length > 0)
                await onPiece(update.Text);
        }
        return ReplyOf(updates.ToChatResponse());
    }

    private static IChatClient Client(ChatAsk ask) => OpenAISdk.Sdk(ask).GetChatClient(ask.Model).AsIChatClient();

    private static IEnumerable<ChatMessage> Messages(ChatAsk ask) =>
        ask.Instructions is { } system ? [new(ChatRole.System, system), new(ChatRole.User, ask.Text)] : [new(ChatRole.User, ask.Text)];

    private static ChatOptions Options(ChatAsk ask) => new() { MaxOutputTokens = ask.MaxTokens, Temperature = ask.Temperature };

    private static ChatReply ReplyOf(ChatResponse response) => new(
        response.ResponseId!, response.Text, response.FinishReason!.Value.Value, response.Usage!.InputTokenCount!.Value,
        response.Usage.OutputTokenCount!.Value);
}
