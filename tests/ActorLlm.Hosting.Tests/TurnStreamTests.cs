using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>Who sees the text grow.</summary>
[Collection(OneNode.Collection)]
public sealed class TurnStreamTests(OneNode node)
{
    private IConversations Conversations => node.Host.Conversations;

    [Fact]
    public async Task A_subscriber_who_comes_late_gets_the_text_from_its_beginning()
    {
        var request = Turn("stream", "1", "slow stream-1");
        var (seen, early) = Conversations.StreamAsync(request).Watch();
        await Eventually.HoldsAsync("the first half was streamed", () => seen.SoFar() == "slow");

        var (seenLate, late) = Conversations.StreamAsync(request).Watch();
        await Eventually.HoldsAsync("the first half was streamed again", () => seenLate.SoFar() == "slow");
        node.GateOf("stream-1").Open();

        Assert.Equal("slow stream-1!", (await early.InTime()).TextOf());
        Assert.Equal("slow stream-1!", (await late.InTime()).TextOf());
        Assert.Equal("slow stream-1!", (await Conversations.StreamAsync(request).ToListAsync().AsTask().InTime()).TextOf());
        Assert.Single(node.Log.Of("slow stream-1"));
    }

    [Fact]
    public async Task A_stream_that_joins_a_caller_who_only_waits_sees_the_text_grow()
    {
        var request = Turn("join", "1", "slow join-1");
        var waiting = Conversations.CompleteAsync(request);
        await node.CalledAsync("slow join-1");

        var (seen, all) = Conversations.StreamAsync(request).Watch();
        await Eventually.HoldsAsync("the first half was streamed", () => seen.SoFar() == "slow");
        node.GateOf("join-1").Open();

        Assert.Equal("slow join-1!", (await all.InTime()).TextOf());
        Assert.Equal("slow join-1!", (await waiting.InTime()).ReplyText());
    }
}
