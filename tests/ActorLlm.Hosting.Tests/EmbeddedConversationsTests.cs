using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Testing;

namespace ActorLlm.Hosting.Tests;

public class EmbeddedConversationsTests
{
    private static readonly ConversationId Conversation = ConversationId.Of("talk");

    private static TurnRequest Turn(string id, string text) => new(Conversation, TurnId.Parse(id), TurnContent.Of(text));

    [Fact]
    public async Task A_turn_is_answered_and_the_same_turn_again_gets_the_same_reply_without_a_second_call()
    {
        var client = ScriptedChatClient.Echo();
        await using var host = await TestHost.StartAsync(client);

        var first = await host.Conversations.CompleteAsync(Turn("t1", "hello"));
        var again = await host.Conversations.CompleteAsync(Turn("t1", "hello"));

        var reply = Assert.IsType<Outcome.Committed>(first.Outcome).Reply;
        Assert.Equal("echo: hello", reply.Text);
        Assert.Equal(("scripted", "scripted-model", "stop"), (reply.Backend, reply.Model, reply.FinishReason));
        Assert.Equal(first, again);
        Assert.Equal(1, client.Calls);
    }

    [Fact]
    public async Task A_stream_yields_acceptance_the_text_and_the_outcome()
    {
        await using var host = await TestHost.StartAsync(ScriptedChatClient.Echo());

        var updates = await host.Conversations.StreamAsync(Turn("t1", "hello")).ToListAsync();

        Assert.IsType<TurnUpdate.Accepted>(updates[0]);
        Assert.Equal("echo: hello", string.Concat(updates.OfType<TurnUpdate.Text>().Select(text => text.Delta)));
        Assert.False(Assert.IsType<TurnUpdate.Settled>(updates[^1]).Diverged);
    }

    [Fact]
    public async Task A_reply_outlives_its_host_and_is_not_made_again()
    {
        var client = ScriptedChatClient.Echo();
        using var folder = new TempFolder();
        await using (var host = await TestHost.StartAsync(client, folder))
        {
            await host.Conversations.CompleteAsync(Turn("t1", "hello"));
        }

        await using var next = await TestHost.StartAsync(client, folder);
        var again = await next.Conversations.CompleteAsync(Turn("t1", "hello"));

        Assert.Equal("echo: hello", Assert.IsType<Outcome.Committed>(again.Outcome).Reply.Text);
        Assert.Equal(1, client.Calls);
    }
}
