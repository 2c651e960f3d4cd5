using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using ActorLlm.Clients.Tests.Support;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatFinishReason = OpenAI.Chat.ChatFinishReason;
using ChatMessage = OpenAI.Chat.ChatMessage;

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

    public async Task<string> UseToolsAsync(ChatAsk ask, IReadOnlyList<AIFunction> tools, bool streamed)
    {
        var client = Sdk(ask).GetChatClient(ask.Model);
        var options = Options(ask);
        foreach (var tool in tools)
            options.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.JsonSchema.GetRawText()), functionSchemaIsStrict: true));
        List<ChatMessage> messages = [.. Messages(ask)];
        while (true)
        {
            var reply = streamed ? await StreamedMessageAsync(client, messages, options) : await PlainMessageAsync(client, messages, options);
            if (reply.ToolCalls.Count == 0)
                return reply.Content.Single().Text;
            messages.Add(reply);
            foreach (var call in reply.ToolCalls)
            {
                var arguments = new AIFunctionArguments(call.FunctionArguments.ToObjectFromJson<Dictionary<string, object?>>());
                var result = await tools.Single(tool => tool.Name == call.FunctionName).InvokeAsync(arguments);
                messages.Add(new ToolChatMessage(call.Id, $"{result}"));
            }
        }
    }

    public async Task<Forecast> ShapedAsync(ChatAsk ask, bool streamed)
    {
        var client = Sdk(ask).GetChatClient(ask.Model);
        var options = Options(ask);
        var schema = AIJsonUtilities.CreateJsonSchema(typeof(Forecast), serializerOptions: JsonSerializerOptions.Web);
        options.ResponseFormat = OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat(
            "forecast", BinaryData.FromString(schema.GetRawText()), jsonSchemaIsStrict: true);
        var reply = streamed ? await StreamedMessageAsync(client, Messages(ask), options) : await PlainMessageAsync(client, Messages(ask), options);
        return JsonSerializer.Deserialize<Forecast>(reply.Content.Single().Text, JsonSerializerOptions.Web)!;
    }

    public async Task<float[][]> EmbedAsync(ChatAsk ask, IEnumerable<string> texts)
    {
        var embeddings = await Sdk(ask).GetEmbeddingClient(ask.Model).GenerateEmbeddingsAsync(texts);
        return [.. embeddings.Value.Select(one => one.ToFloats().ToArray())];
    }

    private static async Task<AssistantChatMessage> PlainMessageAsync(ChatClient client, IEnumerable<ChatMessage> messages, ChatCompletionOptions options) =>
        new((await client.CompleteChatAsync(messages, options)).Value);

    private static async Task<AssistantChatMessage> StreamedMessageAsync(ChatClient client, IEnumerable<ChatMessage> messages, ChatCompletionOptions options)
    {
        var text = "";
        var calls = new SortedDictionary<int, (string Id, string Name, string Arguments)>();
        await foreach (var update in client.CompleteChatStreamingAsync(messages, options))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            foreach (var piece in update.ToolCallUpdates)
            {
                var call = calls.TryGetValue(piece.Index, out var begun) ? begun : (Id: piece.ToolCallId, Name: piece.FunctionName, Arguments: "");
                // A piece without arguments has none at all, and not an empty text.
                calls[piece.Index] = call with { Arguments = call.Arguments + (piece.FunctionArgumentsUpdate is { IsEmpty: false } more ? more.ToString() : "") };
            }
        }
        return calls.Count == 0
            ? new AssistantChatMessage(text)
            : new AssistantChatMessage(calls.Values.Select(call => ChatToolCall.CreateFunctionToolCall(call.Id, call.Name, BinaryData.FromString(call.Arguments))));
    }

    private static string Word(ChatFinishReason finish) => finish.ToString().ToLowerInvariant();

    private static IEnumerable<ChatMessage> Messages(ChatAsk ask)
    {
        var user = ask.Image is { } image
            ? new UserChatMessage(ChatMessageContentPart.CreateTextPart(ask.Text), ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(image), "image/png"))
            : new UserChatMessage(ask.Text);
        return ask.Instructions is { } system ? [new SystemChatMessage(system), user] : [user];
    }

    private static ChatCompletionOptions Options(ChatAsk ask) =>
        new() { MaxOutputTokenCount = ask.MaxTokens, Temperature = ask.Temperature, StoredOutputEnabled = ask.Store };
}
