using System.ClientModel;
using System.ClientModel.Primitives;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace ActorLlm.Gateway.Tests;

/// <summary>The judge of the HTTP face is the real client.</summary>
public sealed class OpenAIClientTests
{
    [Fact]
    public async Task The_openai_sdk_completes_a_chat()
    {
        await using var server = await GatewayServer.StartAsync();
        ChatCompletion completion = await Sdk(server).GetChatClient("sim-1").CompleteChatAsync(
            [new SystemChatMessage("Be brief."), new UserChatMessage("Hi"), new AssistantChatMessage("Yes?"), new UserChatMessage("Well?")],
            new ChatCompletionOptions { Temperature = 0.5f, MaxOutputTokenCount = 50, StopSequences = { "END" }, FrequencyPenalty = 1 });
        Assert.Equal("Hello.", completion.Content.Single().Text);
        Assert.Equal(OpenAI.Chat.ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal(ChatMessageRole.Assistant, completion.Role);
        Assert.Equal("sim-1-2026", completion.Model);
        Assert.Equal(FakeConversations.SettledAt, completion.CreatedAt);
        Assert.Equal((11, 7, 18), (completion.Usage.InputTokenCount, completion.Usage.OutputTokenCount, completion.Usage.TotalTokenCount));
        var content = Assert.Single(server.Conversations.Requests).Content;
        Assert.Equal([Role.System, Role.User, Role.Assistant, Role.User], content.Messages.Select(message => message.Role));
        Assert.Equal((0.5, 50, "END", 1), (content.Settings.Temperature, content.Settings.MaxOutputTokens, content.Settings.Stop.Single(), content.Settings.FrequencyPenalty));
    }

    [Fact]
    public async Task The_openai_sdk_streams_a_chat_with_its_usage()
    {
        await using var server = await GatewayServer.StartAsync();
        var (text, finish, ids) = ("", default(OpenAI.Chat.ChatFinishReason?), new HashSet<string>());
        ChatTokenUsage? usage = null;
        await foreach (var update in Sdk(server).GetChatClient("sim-1").CompleteChatStreamingAsync(new UserChatMessage("Hi")))
        {
            ids.Add(update.CompletionId);
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            finish ??= update.FinishReason;
            usage ??= update.Usage;
        }

        Assert.Equal(("Hello.", OpenAI.Chat.ChatFinishReason.Stop, 18), (text, finish, usage?.TotalTokenCount));
        Assert.StartsWith("chatcmpl-", Assert.Single(ids), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sdks_bear_a_reply_whose_tokens_were_not_counted()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.Script = (_, _) => Task.FromResult<Outcome>(new Outcome.Committed(new Reply("Hello.", "sim-1", "sim", "stop", new Usage(null, null))));
        ChatCompletion completion = await Sdk(server).GetChatClient("sim-1").CompleteChatAsync(new UserChatMessage("Hi"));
        Assert.Equal(("Hello.", null), (completion.Content.Single().Text, (object?)completion.Usage));
        using var client = Sdk(server).GetChatClient("sim-1").AsIChatClient();
        var whole = await client.GetResponseAsync("Hi");
        var streamed = await client.GetStreamingResponseAsync("Hi").ToChatResponseAsync();
        Assert.Equal(("Hello.", null, "Hello.", null), (whole.Text, (object?)whole.Usage, streamed.Text, (object?)streamed.Usage));
    }

    [Fact]
    public async Task Extensions_ai_over_the_openai_sdk_completes_and_streams()
    {
        await using var server = await GatewayServer.StartAsync();
        using var client = Sdk(server).GetChatClient("org/sim-2").AsIChatClient();
        var options = new ChatOptions { TopP = 0.9f, Seed = 7, ResponseFormat = Microsoft.Extensions.AI.ChatResponseFormat.Text, StopSequences = ["END"] };
        var whole = await client.GetResponseAsync("Hi", options);
        Assert.Equal(("Hello.", Microsoft.Extensions.AI.ChatFinishReason.Stop, 18), (whole.Text, whole.FinishReason, whole.Usage?.TotalTokenCount));
        var streamed = await client.GetStreamingResponseAsync("Hi", options).ToChatResponseAsync();
        Assert.Equal((whole.Text, whole.FinishReason, 18), (streamed.Text, streamed.FinishReason, streamed.Usage?.TotalTokenCount));
        Assert.Equal(2, server.Conversations.Requests.Count);
    }

    [Fact]
    public async Task The_openai_sdk_reads_the_models()
    {
        await using var server = await GatewayServer.StartAsync();
        var models = Sdk(server).GetOpenAIModelClient();
        Assert.Equal(["sim-1", "org/sim-2"], (await models.GetModelsAsync()).Value.Select(model => model.Id));
        Assert.Equal("org/sim-2", (await models.GetModelAsync("org/sim-2")).Value.Id);
    }

    [Fact]
    public async Task The_openai_sdk_shows_the_message_of_an_error()
    {
        await using var server = await GatewayServer.StartAsync();
        var error = await Assert.ThrowsAsync<ClientResultException>(() => Sdk(server).GetChatClient("gpt-9").CompleteChatAsync("Hi"));
        Assert.Equal(404, error.Status);
        Assert.Contains("The model 'gpt-9' does not exist. Known are sim-1, org/sim-2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_openai_sdk_comes_back_by_itself_after_429_and_503()
    {
        await using var server = await GatewayServer.StartAsync();
        var tries = 0;
        server.Conversations.Script = (_, _) => ++tries switch
        {
            1 => throw new TurnRejectedException(RejectionCode.TooManyPending, "Full."),
            2 => throw new ConversationsUnavailableException("Down.", TimeSpan.FromMilliseconds(10)),
            _ => Task.FromResult(FakeConversations.Committed("Third.")),
        };
        ChatCompletion completion = await Sdk(server, retries: 3).GetChatClient("sim-1").CompleteChatAsync("Hi");
        Assert.Equal("Third.", completion.Content.Single().Text);
    }

    [Fact]
    public async Task The_openai_sdk_throws_when_a_stream_breaks_off()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Conversations.StreamScript = (request, _) => BrokenAsync(request);
        var text = "";
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await foreach (var update in Sdk(server).GetChatClient("sim-1").CompleteChatStreamingAsync("Hi"))
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        });
        Assert.Equal("Hel", text);
    }

    private static async IAsyncEnumerable<TurnUpdate> BrokenAsync(TurnRequest request)
    {
        yield return new TurnUpdate.Accepted();
        yield return new TurnUpdate.Text("Hel");
        await Task.Yield();
        yield return new TurnUpdate.Settled(FakeConversations.Settled(request, FakeConversations.Committed("Other")), Diverged: true);
    }

    private static OpenAIClient Sdk(GatewayServer server, int retries = 0) => new(
        new ApiKeyCredential("unused"),
        new OpenAIClientOptions { Endpoint = new Uri(server.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(retries) });
}
