using ActorLlm.Domain.Streaming;

namespace ActorLlm.Domain.Tests.Streaming;

public class ReplyStreamTests
{
    private readonly ReplyStream _stream = new();

    [Fact]
    public void Pieces_in_order_are_shown_as_they_come()
    {
        Assert.Equal("Hel", Add(1, 0, "Hel"));
        Assert.Equal("lo", Add(1, 3, "lo"));
        Assert.Equal(5, _stream.Expected(1));
    }

    [Fact]
    public void A_piece_that_came_before_shows_nothing()
    {
        Add(1, 0, "Hello");

        Assert.Equal("", Add(1, 0, "Hello"));
        Assert.Equal("", Add(1, 1, "ell"));
        Assert.Equal("", Add(1, 5, ""));
    }

    [Fact]
    public void Of_a_piece_that_overlaps_only_the_new_part_is_shown()
    {
        Add(1, 0, "Hello");

        Assert.Equal(" world", Add(1, 2, "llo world"));
    }

    [Fact]
    public void A_piece_after_a_missed_one_is_not_taken_and_says_so()
    {
        Add(1, 0, "Hel");

        Assert.False(_stream.TryAdd(1, 5, " world", out var shown));
        Assert.Equal("", shown);
        Assert.Equal(3, _stream.Expected(1));
        Assert.Equal("lo world", Add(1, 3, "lo world"));
    }

    [Fact]
    public void The_next_attempt_with_the_same_text_goes_on_where_the_first_one_stopped()
    {
        Add(1, 0, "Hello wo");

        Assert.Equal("", Add(2, 0, "Hell"));
        Assert.Equal("rld", Add(2, 4, "o world"));
        Assert.False(_stream.Diverged);
    }

    [Fact]
    public void The_next_attempt_must_be_heard_from_its_beginning()
    {
        Add(1, 0, "Hello");

        Assert.Equal(0, _stream.Expected(2));
        Assert.False(_stream.TryAdd(2, 5, " world", out _));
        Assert.Equal(" world", Add(2, 0, "Hello world"));
    }

    [Fact]
    public void The_next_attempt_with_other_text_shows_nothing_more()
    {
        Add(1, 0, "Hello");

        Assert.Equal("", Add(2, 0, "Help is on its way"));
        Assert.True(_stream.Diverged);
        Assert.Equal("", Add(2, 18, " soon"));
        Assert.Equal("", _stream.Complete("Help is on its way soon"));
        Assert.True(_stream.Diverged);
    }

    [Fact]
    public void A_later_attempt_with_the_text_that_was_shown_goes_on_with_it()
    {
        Add(1, 0, "Hello");
        Add(2, 0, "Help is on its way");

        Assert.Equal(" world", Add(3, 0, "Hello world"));
        Assert.False(_stream.Diverged);
    }

    // A worker that was only slow may still win with the text that was shown.
    [Fact]
    public void The_committed_reply_of_the_attempt_that_was_shown_goes_on_although_the_next_one_differed()
    {
        Add(1, 0, "Hello");
        Add(2, 0, "Help is on its way");

        Assert.Equal(" world", _stream.Complete("Hello world"));
        Assert.False(_stream.Diverged);
    }

    [Fact]
    public void The_next_attempt_may_differ_in_what_was_not_shown_yet()
    {
        Add(1, 0, "Hel");

        Assert.Equal("p", Add(2, 0, "Help"));
        Assert.False(_stream.Diverged);
    }

    [Fact]
    public void A_late_piece_of_an_earlier_attempt_is_ignored()
    {
        Add(1, 0, "Hel");
        Add(2, 0, "Help");

        Assert.Equal("", Add(1, 3, "lo"));
        Assert.False(_stream.Diverged);
    }

    [Fact]
    public void The_committed_reply_shows_what_is_missing()
    {
        Add(1, 0, "Hello");

        Assert.Equal(" world", _stream.Complete("Hello world"));
        Assert.Equal("", _stream.Complete("Hello world"));
        Assert.False(_stream.Diverged);
    }

    [Fact]
    public void The_committed_reply_is_all_that_is_shown_when_no_piece_came() => Assert.Equal("Hello", _stream.Complete("Hello"));

    [Theory]
    [InlineData("Help")]
    [InlineData("Hell")]
    [InlineData("")]
    public void A_committed_reply_that_does_not_begin_with_what_was_shown_diverges(string reply)
    {
        Add(1, 0, "Hello");

        Assert.Equal("", _stream.Complete(reply));
        Assert.True(_stream.Diverged);
    }

    // The first result wins, whichever attempt made it: another one may still be talking when the reply is committed.
    [Theory]
    [InlineData(1, 5, " and more")]
    [InlineData(2, 0, "Hello world")]
    [InlineData(2, 0, "Something else")]
    public void After_the_committed_reply_nothing_is_shown_and_nothing_diverges(int attempt, int offset, string text)
    {
        Add(1, 0, "Hel");
        Assert.Equal("lo", _stream.Complete("Hello"));

        Assert.Equal("", Add(attempt, offset, text));
        Assert.False(_stream.Diverged);
    }

    [Fact]
    public void After_the_committed_reply_a_piece_that_seems_to_come_too_early_is_not_asked_for_again()
    {
        _stream.Complete("Hello");

        Assert.Equal("", Add(2, 7, "rld"));
    }

    private string Add(int attempt, int offset, string text)
    {
        Assert.True(_stream.TryAdd(attempt, offset, text, out var shown));
        return shown;
    }
}
