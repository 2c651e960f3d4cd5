using System.Net;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Tests.Servers;

public sealed class ProtocolStepTests
{
    private static readonly byte[] InsertOfAnAcceptance = [.. "B..."u8, 0, 0, 0, 3, .. "rc1"u8, 0, 0, 0, 3, .. "ta1"u8, .. "..."u8];
    private static readonly byte[] InsertOfAReply = [.. "B..."u8, 0, 0, 0, 3, .. "rc1"u8, .. "..."u8];
    private static readonly byte[] Committed = [.. "INSERT 0 1\0Z"u8, 0, 0, 0, 5, (byte)'I'];

    private readonly object _connection = new();

    [Fact]
    public void A_write_is_seen_before_it_goes_to_the_database()
    {
        var step = new JournalStep("ta1", committed: false);

        Assert.False(step.IsReached(FromNode(InsertOfAReply)));
        Assert.False(step.IsReached(FromServer(Committed)));
        Assert.True(step.IsReached(FromNode(InsertOfAnAcceptance)));
    }

    [Fact]
    public void A_commit_is_seen_when_the_database_answers_the_write_on_the_same_connection()
    {
        var step = new JournalStep("ta1", committed: true);

        Assert.False(step.IsReached(FromNode(InsertOfAReply)));
        Assert.False(step.IsReached(FromServer(Committed)));
        Assert.False(step.IsReached(FromNode(InsertOfAnAcceptance)));
        Assert.False(step.IsReached(FromServer(Committed) with { Connection = new object() }));
        Assert.True(step.IsReached(FromServer(Committed)));
    }

    [Fact]
    public void A_text_that_has_the_manifest_in_it_is_no_write() =>
        Assert.False(new JournalStep("ta1", committed: false).IsReached(FromNode("tell me about ta1"u8.ToArray())));

    [Fact]
    public void A_call_is_seen_when_the_model_begins_to_answer_one_that_was_seen()
    {
        var step = new ModelStep(pieces: 0);

        Assert.False(step.IsReached(FromServer("HTTP/1.1 200 OK"u8.ToArray())));
        Assert.False(step.IsReached(FromNode("POST /v1/chat/completions"u8.ToArray())));
        Assert.True(step.IsReached(FromServer("HTTP/1.1 200 OK"u8.ToArray())));
    }

    [Fact]
    public void The_middle_of_a_stream_is_seen_when_the_pieces_before_it_have_passed()
    {
        var step = new ModelStep(pieces: 2);
        step.IsReached(FromNode("POST /v1/chat/completions"u8.ToArray()));

        Assert.False(step.IsReached(FromServer("HTTP/1.1 200 OK\r\n\r\ndata: 1\n\n"u8.ToArray())));
        Assert.False(step.IsReached(FromServer("data: 2\n\n"u8.ToArray())));
        Assert.True(step.IsReached(FromServer("data: 3\n\n"u8.ToArray())));
    }

    [Fact]
    public void The_end_of_a_short_stream_is_not_the_middle()
    {
        var step = new ModelStep(pieces: 2);
        step.IsReached(FromNode("POST /v1/chat/completions"u8.ToArray()));

        Assert.False(step.IsReached(FromServer("data: 1\n\ndata: 2\n\ndata: [DONE]\n\n"u8.ToArray())));
        Assert.False(step.IsReached(FromServer("0\r\n\r\n"u8.ToArray())));
    }

    [Fact]
    public async Task A_trap_holds_what_the_party_says_at_the_step_and_cuts_it_off_when_it_is_let_go()
    {
        var trap = new StepTrap(IPAddress.Loopback, new JournalStep("ta1", committed: false));

        Assert.True(await trap.MayPassAsync(FromNode(InsertOfAnAcceptance) with { From = IPAddress.Parse("10.0.0.1") }));
        Assert.True(await trap.MayPassAsync(FromNode(InsertOfAReply)));
        var held = trap.MayPassAsync(FromNode(InsertOfAnAcceptance)).AsTask();

        Assert.True(trap.Reached.IsCompleted);
        Assert.False(held.IsCompleted);
        trap.Release();
        Assert.False(await held);
    }

    private Passing FromNode(byte[] bytes) => new(_connection, IPAddress.Loopback, FromServer: false, bytes);

    private Passing FromServer(byte[] bytes) => FromNode(bytes) with { FromServer = true };
}
