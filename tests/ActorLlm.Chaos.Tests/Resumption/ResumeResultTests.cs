using ActorLlm.Chaos.Resumption;

namespace ActorLlm.Chaos.Tests.Resumption;

public sealed class ResumeResultTests
{
    private static readonly LostRole[] Roles = Enum.GetValues<LostRole>();

    [Fact]
    public void Enough_of_each_role_that_were_cut_and_resumed_is_a_pass()
    {
        var result = Result([.. Roles.Select(role => Stream(role)), .. Roles.Select(role => Stream(role))]);

        Assert.True(result.Passed);
        Assert.StartsWith("resumed and equal to the committed reply: 2 after the loss of its gateway, 2 after", ResumeReport.Headline(result), StringComparison.Ordinal);
        Assert.Contains("| its worker | 1 | 2 | 2 | 2 | 0 | 0 | 2 | 3.0 | 3.0 | 3.0 |", ResumeReport.Write(result), StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_that_the_node_did_not_have_and_clients_that_never_left_do_not_count()
    {
        var result = Result(
        [
            .. Roles.Select(role => Stream(role)), Stream(LostRole.Gateway), Stream(LostRole.Conversation),
            Stream(LostRole.Worker) with { Cut = false }, Stream(LostRole.Worker) with { Resumed = false },
        ]);

        Assert.Equal(1, result.Resumed(LostRole.Worker));
        Assert.False(result.Passed);
        Assert.EndsWith("; fewer than asked for", ResumeReport.Headline(result), StringComparison.Ordinal);
    }

    [Fact]
    public void One_text_that_is_not_the_reply_fails_the_run_whatever_stream_it_is_of()
    {
        var wrong = Stream(LostRole.Conversation) with { Cut = false, Resumed = false, Mismatch = "read 2 characters" };
        var result = Result([.. Roles.Select(role => Stream(role)), .. Roles.Select(role => Stream(role)), wrong]);

        Assert.False(result.Passed);
        Assert.Equal("1 of 7 streams do not equal the committed reply", ResumeReport.Headline(result));
        Assert.Contains("- k, after the loss of its conversation's node, which it did not use: read 2 characters", ResumeReport.Write(result), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abc", "abc", null)]
    [InlineData("abc", null, "the committed reply cannot be had")]
    [InlineData("ab", "abc", "read 2 characters and committed are 3; they differ from character 2 on")]
    [InlineData("abbc", "abc", "they differ from character 2 on: 'abbc' instead of 'abc'")]
    public void What_differs_is_said(string read, string? committed, string? said)
    {
        var difference = ResumeRun.Difference(read, committed);

        if (said is null)
            Assert.Null(difference);
        else
            Assert.Contains(said, difference, StringComparison.Ordinal);
    }

    private static ResumeResult Result(IReadOnlyList<StreamOutcome> streams) =>
        new(new ResumeOptions { Times = 2 }, Roles.ToDictionary(role => role, _ => 1), streams, TimeSpan.FromMinutes(1));

    private static StreamOutcome Stream(LostRole role) => new(role, "k", Cut: true, Resumed: true, TimeSpan.FromSeconds(3), Mismatch: null);
}
