using System.ClientModel;
using System.ClientModel.Primitives;
using ActorLlm.Clients.Tests.Support;
using OpenAI;
using OpenAI.Chat;

namespace ActorLlm.Clients.Tests.Clients;

/// <summary>NuGet <c>OpenAI</c>.</summary>
internal sealed class OpenAISdk : IClient
{
    public string Name => "nuget-openai";

    /// <summary>The client as its users make it.</summary>
    public static OpenAIClient Sdk(ChatAsk ask) => new(
        new ApiKeyCredential("unused"),
        new OpenAIClientOptions
        {
            Endpoint = ask.Node,
            RetryPolicy = new ClientRetryPolicy(ask.Retries),
            Transport = new HttpClientPipelineTransport(new HttpClient(ask.Through ?? new Wire())),
        });

    public async Task<ChatReply> AskAsync(ChatAsk ask, CancellationToken cancellationToken = default)
    {
        ChatCompletion completion = await Sdk(ask).GetChatClient(ask.Model).CompleteChatAsync(Messages(ask), Options(ask), cancellationToken);
        Assert.Equal(ChatMessageRole.Assistant, completion.Role);
        return new ChatReply(
            completion.Id, completion.Content.Single().Text, Word(completion.FinishReason), completion.Usage.InputTokenCount,
            completion.Usage.OutputTokenCount);
    }

    public async Task<ChatReply> StreamAsync(ChatAsk ask, Func<string, Task> onPiece, CancellationToken cancellationToken = default)
    {
        var reply = new ChatReply("", "", "", 0, 0);
        await foreach (var update in Sdk(ask).GetChatClient(ask.Model).CompleteChatStreamingAsync(Messages(ask), Options(ask), cancellationToken))
        {
            var piece = string.Concat(update.ContentUpdate.Select(part => part.Text));
            reply = reply with
            {
                Id = update.CompletionId,
                Text = reply.Text + piece,
                Finish = update.FinishReason is { } finish ? Word(finish) : reply.Finish,
                InputTokens = update.Usage?.InputTokenCount ?? reply.InputTokens,
                OutputTokens = update.Usage?.OutputTokenCount ?? reply.OutputTokens,
            };
            if (piece.Length > 0)
                await onPiece(piece);
        }
        return reply;
    }

    private static string Word(ChatFinishReason finish) => finish.ToString().ToLowerInvariant();

    private static IEnumerable<ChatMessage> Messages(ChatAsk ask) =>
        ask.Instructions is { } system ? [new SystemChatMessage(system), new UserChatMessage(ask.Text)] : [new UserChatMessage(ask.Text)];

    private static ChatCompletionOptions Options(ChatAsk ask) => new() { MaxOutputTokenCount = ask.MaxTokens, Temperature = ask.Temperature };
}
