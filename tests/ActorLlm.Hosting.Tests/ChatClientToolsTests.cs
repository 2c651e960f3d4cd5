using System.Text.Json;
using ActorLlm.Backends;
using ActorLlm.Backends.Simulation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests;

/// <summary>Tools, forms and images through the whole cluster, there and back.</summary>
public sealed class ChatClientToolsTests : IAsyncLifetime
{
    private static readonly AIFunctionDeclaration Weather = AIFunctionFactory.CreateDeclaration(
        "weather", "Tells the weather.", JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string"}}}"""));

    private TestHost _host = null!;

    private IChatClient Chat => _host.Services.GetRequiredService<IChatClient>();

    public async Task InitializeAsync() =>
        _host = await TestHost.StartAsync(new SimulatorChatClient(new SimulatorEngine(new SimulatorOptions(), TimeProvider.System)));

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tool_is_asked_for_and_its_result_is_the_next_turn(bool streamed)
    {
        var options = new ChatOptions { Tools = [Weather] };
        var first = await Ask(new ChatMessage(ChatRole.User, "Rome? [[reply call=weather]]"), options, streamed);
        var call = Assert.Single(first.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>());
        Assert.Equal((ChatFinishReason.ToolCalls, "weather", """{"city":"Rome?"}"""), (first.FinishReason, call.Name, ToolCallText.ArgumentsOf(call)));
        Assert.Equal("Rome?", call.Arguments?["city"]?.ToString());

        options.ConversationId = first.ConversationId;
        var second = await Ask(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, "sunny")]), options, streamed);
        Assert.StartsWith("[simulator] You said: Rome?", second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_and_an_image_reach_the_model()
    {
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"object","properties":{"animal":{"enum":["cat","dog"]}}}"""), "animals") };
        var look = new ChatMessage(ChatRole.User, [new TextContent("Which?"), new DataContent("data:image/png;base64,iVBORw0KGgoAAAAA")]);
        Assert.Equal("""{"animal":"cat"}""", (await Ask(look, options, streamed: false)).Text);

        // The simulator's text is a function of its prompt: the same words with another image, or with none, give another answer.
        var texts = new HashSet<string>();
        foreach (var content in new AIContent[][] { [new TextContent("Which?")], [new TextContent("Which?"), new DataContent("data:image/png;base64,iVBORw0KGgoAAAAA")], [new TextContent("Which?"), new DataContent("data:image/png;base64,iVBORw0KGgoAAAAB")] })
            texts.Add((await Ask(new ChatMessage(ChatRole.User, content), new ChatOptions(), streamed: true)).Text);
        Assert.Equal(3, texts.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_model_thought_comes_with_its_reply_and_is_not_given_to_it_again(bool streamed)
    {
        var question = new ChatMessage(ChatRole.User, "Why? [[reply reasoning=5]]");
        var first = await Ask(question, new ChatOptions(), streamed);
        var thought = string.Concat(first.Messages.SelectMany(message => message.Contents).OfType<TextReasoningContent>().Select(content => content.Text));
        Assert.Equal(5, thought.Split(' ').Length);
        Assert.StartsWith("[simulator] You said: Why?", first.Text, StringComparison.Ordinal);

        // The simulator's text is a function of all that it is given.
        var goOn = new ChatMessage(ChatRole.User, "Go on.");
        var thoughtful = await Chat.GetResponseAsync([question, .. first.Messages, goOn]).InTime();
        var plain = await Chat.GetResponseAsync([question, new ChatMessage(ChatRole.Assistant, first.Text), goOn]).InTime();
        var kept = await Ask(goOn, new ChatOptions { ConversationId = first.ConversationId }, streamed);
        Assert.Equal((plain.Text, plain.Text), (thoughtful.Text, kept.Text));
    }

    private async Task<ChatResponse> Ask(ChatMessage message, ChatOptions options, bool streamed) => await (streamed
        ? Chat.GetStreamingResponseAsync([message], options).ToChatResponseAsync()
        : Chat.GetResponseAsync([message], options)).InTime();
}
