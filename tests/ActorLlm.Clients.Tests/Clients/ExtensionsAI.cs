using System.Text.Json;
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

    public async Task<string> UseToolsAsync(ChatAsk ask, IReadOnlyList<AIFunction> tools, bool streamed)
    {
        using var client = Client(ask).AsBuilder().UseFunctionInvocation().Build();
        var options = Options(ask);
        options.Tools = [.. tools];
        var response = streamed
            ? await client.GetStreamingResponseAsync(Messages(ask), options).ToChatResponseAsync()
            : await client.GetResponseAsync(Messages(ask), options);
        return response.Messages[^1].Text;
    }

    public async Task<Forecast> ShapedAsync(ChatAsk ask, bool streamed)
    {
        using var client = Client(ask);
        if (!streamed)
            return (await client.GetResponseAsync<Forecast>(Messages(ask), JsonSerializerOptions.Web, Options(ask))).Result;
        var options = Options(ask);
        options.ResponseFormat = ChatResponseFormat.ForJsonSchema<Forecast>(JsonSerializerOptions.Web);
        var response = await client.GetStreamingResponseAsync(Messages(ask), options).ToChatResponseAsync();
        return JsonSerializer.Deserialize<Forecast>(response.Text, JsonSerializerOptions.Web)!;
    }

    public async Task<float[][]> EmbedAsync(ChatAsk ask, IEnumerable<string> texts)
    {
        using var generator = OpenAISdk.Sdk(ask).GetEmbeddingClient(ask.Model).AsIEmbeddingGenerator();
        return [.. (await generator.GenerateAsync(texts)).Select(one => one.Vector.ToArray())];
    }

    private static IChatClient Client(ChatAsk ask) => OpenAISdk.Sdk(ask).GetChatClient(ask.Model).AsIChatClient();

    private static IEnumerable<ChatMessage> Messages(ChatAsk ask)
    {
        var user = new ChatMessage(ChatRole.User, ask.Text);
        if (ask.Image is { } image)
            user.Contents.Add(new DataContent(image, "image/png"));
        return ask.Instructions is { } system ? [new(ChatRole.System, system), user] : [user];
    }

    private static ChatOptions Options(ChatAsk ask) => new()
    {
        MaxOutputTokens = ask.MaxTokens,
        Temperature = ask.Temperature,
        // The abstraction has no word for it.
        RawRepresentationFactory = ask.Store is { } store ? _ => new OpenAI.Chat.ChatCompletionOptions { StoredOutputEnabled = store } : null,
    };

    private static ChatReply ReplyOf(ChatResponse response) => new(
        response.ResponseId!, response.Text, response.FinishReason!.Value.Value, response.Usage!.InputTokenCount!.Value,
        response.Usage.OutputTokenCount!.Value);
}
