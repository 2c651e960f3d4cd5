using ActorLlm.Domain;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests;

/// <summary>The cluster as an <see cref="IChatClient"/>.</summary>
public sealed class ChatClientTests : IAsyncLifetime
{
    private readonly CallLog _log = new();

    private TestHost _host = null!;

    private IChatClient Chat => _host.Services.GetRequiredService<IChatClient>();

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(
        new ScriptedChatClient(
            (call, _) => call.Prompt == "fail"
                ? throw new InvalidOperationException("no such luck")
                : new[] { "echo: ", call.Prompt }.ToAsyncEnumerable(),
            _log),
        configure: options => options.Conversations = new ConversationPolicy { MaxContentFailures = 1 });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_conversation_is_named_in_the_response_and_its_history_is_held_by_the_cluster()
    {
        var first = await Chat.GetResponseAsync("one").InTime();
        var second = await Chat.GetStreamingResponseAsync("two", new ChatOptions { ConversationId = first.ConversationId })
            .ToListAsync().AsTask().InTime();

        Assert.Equal(("echo: one", ChatFinishReason.Stop, 5L), (first.Text, first.FinishReason, first.Usage?.TotalTokenCount));
        Assert.Equal("echo: two", string.Concat(second.Select(update => update.Text)));
        Assert.All(second, update => Assert.Equal(first.ConversationId, update.ConversationId));
        Assert.Equal(ChatFinishReason.Stop, second[^1].FinishReason);
        Assert.Equal(["one", "echo: one", "two"], Assert.Single(_log.Of("two")).Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task The_same_turn_id_gives_the_same_reply_without_a_second_call()
    {
        var options = new ChatOptions { ConversationId = "talk", AdditionalProperties = new() { [ConversationChatClient.TurnIdProperty] = "t1" } };

        var first = await Chat.GetResponseAsync("once", options).InTime();
        var again = await Chat.GetResponseAsync("once", options).InTime();
        var streamed = await Chat.GetStreamingResponseAsync("once", options).ToChatResponseAsync().InTime();

        Assert.All([first, again, streamed], response => Assert.Equal(("echo: once", "t1"), (response.Text, response.ResponseId)));
        Assert.Single(_log.Of("once"));
    }

    [Fact]
    public async Task What_is_not_served_is_refused_instead_of_left_out()
    {
        await Refused(Chat.GetResponseAsync("few", new ChatOptions { TopK = 3 }));
        await Refused(Chat.GetResponseAsync("search", new ChatOptions { Tools = [new HostedWebSearchTool()] }));
        await Refused(Chat.GetResponseAsync(new ChatMessage(ChatRole.User, [new DataContent(new byte[] { 1 }, "audio/wav")])));
        await Refused(Chat.GetResponseAsync(new ChatMessage(ChatRole.Tool, "result")));
        Assert.Empty(_log.All);
    }

    [Fact]
    public async Task A_turn_that_fails_throws_what_was_wrong()
    {
        var error = await Assert.ThrowsAsync<TurnFailedException>(() => Chat.GetResponseAsync("fail").InTime());
        var streamed = await Assert.ThrowsAsync<TurnFailedException>(() => Chat.GetStreamingResponseAsync("fail").ToListAsync().AsTask().InTime());

        Assert.Contains("failed", error.Message, StringComparison.Ordinal);
        Assert.Contains("failed", streamed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_that_cannot_be_is_refused_with_what_is_wrong_with_it()
    {
        var error = await Assert.ThrowsAsync<FormatException>(() => Chat.GetResponseAsync("hello", new ChatOptions { ConversationId = "two words" }));

        Assert.Contains("U+0020", error.Message, StringComparison.Ordinal);
    }

    private static async Task Refused(Task call) => await Assert.ThrowsAsync<NotSupportedException>(() => call);
}
