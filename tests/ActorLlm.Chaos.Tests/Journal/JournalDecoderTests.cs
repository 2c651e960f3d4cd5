using System.Text;
using ActorLlm.Chaos.Journal;

namespace ActorLlm.Chaos.Tests.Journal;

public sealed class JournalDecoderTests
{
    private const string Id = "conversation/acme/c/1";

    [Fact]
    public void An_acceptance_gives_turn_prompt_and_time()
    {
        byte[] message = [.. Text(1, "t1"), .. Bytes(2, [.. Text(1, "model"), .. Bytes(2, [.. Number(1, 3), .. Text(2, "hello, Grüße")])]), .. Number(4, 1_700_000_000_123)];

        var e = Decode(Id, 7, "ta1", message);

        Assert.Equal(new JournalEvent("c/1", 7, EventKind.Accepted, "t1", DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123), "hello, Grüße"), e);
    }

    [Fact]
    public void A_commit_gives_attempt_and_reply()
    {
        byte[] message = [.. Text(1, "t1"), .. Number(2, 3), .. Bytes(3, [.. Text(1, "the reply"), .. Text(2, "model")]), .. Number(4, 5)];

        var e = Decode(Id, 8, "rc1", message);

        Assert.Equal(new JournalEvent("c/1", 8, EventKind.Committed, "t1", DateTimeOffset.FromUnixTimeMilliseconds(5), "the reply", Attempt: 3), e);
    }

    [Fact]
    public void A_failed_attempt_gives_kind_and_reason()
    {
        byte[] message = [.. Text(1, "t1"), .. Number(2, 1), .. Number(3, 3), .. Text(4, "silent"), .. Number(5, 9), .. Number(6, 5)];

        var e = Decode(Id, 8, "af1", message);

        Assert.Equal(new JournalEvent("c/1", 8, EventKind.AttemptFailed, "t1", DateTimeOffset.FromUnixTimeMilliseconds(5), "silent", Attempt: 1, Failure: 3), e);
    }

    [Theory]
    [InlineData("tf1", "Failed")]
    [InlineData("tc1", "Cancelled")]
    [InlineData("ra1", "Acknowledged")]
    public void Each_other_manifest_has_its_kind(string manifest, string kind) =>
        Assert.Equal(kind, Decode(Id, 1, manifest, Text(1, "t1")).Kind.ToString());

    [Theory]
    [InlineData(Id, "zz9")]
    [InlineData("conversation/other/c", "ta1")]
    public void An_unknown_manifest_or_a_foreign_id_is_told_apart(string id, string manifest) =>
        Assert.Equal(EventKind.Unknown, Decode(id, 1, manifest, Text(1, "t1")).Kind);

    private static JournalEvent Decode(string id, long sequenceNumber, string manifest, byte[] message) =>
        JournalDecoder.Decode("conversation/acme/", id, sequenceNumber, manifest, message);

    private static byte[] Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Bytes(int field, byte[] bytes) => [(byte)((field << 3) | 2), .. Varint(bytes.Length), .. bytes];

    private static byte[] Number(int field, long value) => [(byte)(field << 3), .. Varint(value)];

    private static IEnumerable<byte> Varint(long value)
    {
        for (; value > 0x7F; value >>= 7)
            yield return (byte)(0x80 | (value & 0x7F));
        yield return (byte)value;
    }
}
