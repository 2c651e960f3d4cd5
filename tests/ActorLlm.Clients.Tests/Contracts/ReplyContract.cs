using ActorLlm.Clients.Tests.Clients;
using ActorLlm.Clients.Tests.Support;

namespace ActorLlm.Clients.Tests.Contracts;

/// <summary>Replies, streams, conversations and keys, as every .NET client must see them.</summary>
public abstract class ReplyContract : ClientContract
{
    private protected ReplyContract(IClient client) : base(client)
    {
    }

    [Fact]
    public async Task A_reply_has_its_text_and_its_end()
    {
        var reply = await Client.AskAsync(Ask("plain") with { Instructions = "Be brief." });

        Assert.StartsWith("chatcmpl-", reply.Id, StringComparison.Ordinal);
        Assert.StartsWith($"[simulator] You said: {Client.Name}-plain ...", reply.Text, StringComparison.Ordinal);
        Assert.Equal("stop", reply.Finish);
    }

    [Fact]
    public async Task A_limit_of_tokens_is_kept_and_told()
    {
        var reply = await Client.AskAsync(Ask("length") with { MaxTokens = 5 });

        Assert.Equal(("length", 5), (reply.Finish, reply.OutputTokens));
    }

    [Fact]
    public async Task A_stream_says_what_the_plain_reply_says()
    {
        var ask = Ask("stream", "[[reply tokens=30 inter=20]]");
        var text = "";

        var plain = Client.AskAsync(ask);
        var streamed = await Client.StreamAsync(ask, piece =>
        {
            text += piece;
            return Task.CompletedTask;
        });

        Assert.Equal((await plain).Text, text);
        Assert.Equal((text, "stop"), (streamed.Text, streamed.Finish));
        Assert.StartsWith("chatcmpl-", streamed.Id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tokens_used_are_told_plain_and_streamed()
    {
        var ask = Ask("usage", "[[reply tokens=7]]");

        var plain = await Client.AskAsync(ask);
        var streamed = await Client.StreamAsync(ask, _ => Task.CompletedTask);

        Assert.Equal((Tokens(ask.Text.Length), 7), (plain.InputTokens, plain.OutputTokens));
        Assert.Equal((Tokens(ask.Text.Length), 7), (streamed.InputTokens, streamed.OutputTokens));
    }

    [Fact]
    public async Task A_conversation_goes_on_at_another_node_with_all_that_was_said()
    {
        var length = 0;
        for (var turn = 0; turn < Nodes.Count; turn++)
        {
            var ask = Ask("conversation", $"{turn}") with { Node = Nodes[turn], Through = With(ConversationHeader, "conversation") };
            var reply = await Client.AskAsync(ask);
            length += ask.Text.Length;
            Assert.Equal(Tokens(length), reply.InputTokens);
            length += reply.Text.Length;
        }
    }

    [Fact]
    public async Task A_key_gets_one_reply_at_every_node_from_one_call_of_the_model()
    {
        ChatAsk At(int node) => Ask("key") with { Node = Nodes[node], Through = With(KeyHeader, "key") };

        var replies = await Task.WhenAll(Client.AskAsync(At(0)), Client.AskAsync(At(1)));
        var streamed = await Client.StreamAsync(At(2), _ => Task.CompletedTask);

        Assert.Single(replies.Append(streamed).Select(reply => (reply.Id, reply.Text)).Distinct());
        Assert.Equal(1, (await CallsAsync("key")).Started);
    }

    [Fact]
    public async Task A_stream_that_the_client_aborts_is_a_whole_reply_under_its_key()
    {
        using var abort = new CancellationTokenSource();
        var ask = Ask("aborted", "[[reply tokens=30 inter=100]]");
        var text = "";

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client.StreamAsync(
            ask with { Through = With(KeyHeader, "aborted") },
            async piece =>
            {
                text += piece;
                await abort.CancelAsync();
            },
            abort.Token));
        var reply = await Client.AskAsync(ask with { Node = Nodes[2], Through = With(KeyHeader, "aborted") });

        Assert.NotEmpty(text);
        Assert.StartsWith(text, reply.Text, StringComparison.Ordinal);
        Assert.Equal(new ModelCalls(Started: 1, Completed: 1, Refused: 0, Early: 0), await CallsAsync("aborted"));
    }

    /// <summary>The simulator counts a token for each four characters begun.</summary>
    private static int Tokens(int characters) => (characters + 3) / 4;
}
