using ActorLlm.Domain.Recovery;

namespace ActorLlm.Domain.Tests.Recovery;

public class UnfinishedIndexTests
{
    private static readonly DateTimeOffset Now = Some.Start;
    private static readonly DateTimeOffset AfterPatience = Now + UnfinishedIndex.GapPatience + TimeSpan.FromMilliseconds(1);

    private readonly UnfinishedIndex _index = new(0);

    [Fact]
    public void A_conversation_is_unfinished_from_its_first_open_turn_to_its_last_outcome()
    {
        Read(Opens(1, "a"), Opens(2, "a"), Closes(3, "a"));
        Assert.Equal(["a"], Unfinished());

        Read(Closes(4, "a"));
        Assert.Empty(Unfinished());
        Assert.Equal(0, _index.Count);
    }

    [Fact]
    public void Rows_that_neither_open_nor_close_change_nothing()
    {
        Read(new JournalMark(1, "a", RowEffect.None), Opens(2, "b"), new JournalMark(3, "b", RowEffect.None));

        Assert.Equal(["b"], Unfinished());
    }

    [Fact]
    public void A_conversation_that_asked_for_an_approval_may_wait_for_one_as_long_as_it_is_unfinished()
    {
        Read(Opens(1, "a"), Opens(2, "b"), Opens(3, "c"), new JournalMark(4, "b", RowEffect.Asks), new JournalMark(5, "a", RowEffect.Asks));
        Assert.Equal(["a", "b"], _index.Asking);

        Read(Opens(6, "b"), Closes(7, "a"), Closes(8, "b"), new JournalMark(9, "a", RowEffect.Asks));
        Assert.Equal(["b"], _index.Asking);
        Read(Closes(10, "b"), Opens(11, "b"));
        Assert.Empty(_index.Asking);
    }

    [Fact]
    public void The_watermark_lies_before_the_oldest_unfinished_stretch()
    {
        Read(Opens(1, "a"), Closes(2, "a"), Opens(3, "b"), Opens(4, "a"), Opens(5, "b"), Closes(6, "b"));

        Assert.Equal((6, 2), (_index.Head, _index.Watermark));
        Read(Closes(7, "b"));
        Assert.Equal(3, _index.Watermark);
        Read(Closes(8, "a"));
        Assert.Equal(8, _index.Watermark);
    }

    [Fact]
    public void It_tells_where_the_unfinished_stretches_began_the_oldest_first()
    {
        Read(Opens(1, "a"), Opens(2, "b"), Opens(3, "a"), Closes(4, "a"), Opens(5, "c"), Closes(6, "b"), Opens(7, "b"));

        Assert.Equal([1, 5, 7], _index.Since);
    }

    [Fact]
    public void A_missing_number_holds_the_watermark_until_its_row_appears()
    {
        Read(Opens(1, "a"), Closes(2, "a"), Opens(5, "b"), Closes(6, "b"));
        Assert.Equal([(3, 4)], _index.Gaps);
        Assert.Equal(2, _index.Watermark);

        Read(Opens(4, "c"));
        Assert.Equal([(3, 3)], _index.Gaps);
        Assert.Equal(["c"], Unfinished());

        Read(Opens(3, "d"), Closes(7, "c"), Closes(8, "d"));
        Assert.Empty(_index.Gaps);
        Assert.Equal(8, _index.Watermark);
    }

    [Fact]
    public void A_row_in_the_middle_of_a_gap_leaves_the_numbers_on_both_sides_missing()
    {
        Read(Opens(9, "a"));
        Read(Opens(5, "b"));

        Assert.Equal([(1, 4), (6, 8)], _index.Gaps);
    }

    [Fact]
    public void A_missing_number_is_given_up_when_no_write_can_take_that_long()
    {
        Read(Opens(1, "a"), Closes(2, "a"), Opens(4, "b"), Closes(5, "b"));

        _index.Read([], Now + UnfinishedIndex.GapPatience);
        Assert.Equal([(3, 3)], _index.Gaps);
        _index.Read([], AfterPatience);
        Assert.Empty(_index.Gaps);
        Assert.Equal(5, _index.Watermark);
    }

    [Fact]
    public void A_row_that_appears_in_the_last_read_before_giving_up_counts()
    {
        Read(Opens(2, "a"), Closes(3, "a"));
        _index.Read([Opens(1, "late")], AfterPatience);

        Assert.Equal(["late"], _index.UnfinishedSince(AfterPatience));
    }

    [Fact]
    public void A_missing_number_beyond_the_end_of_a_page_is_not_given_up()
    {
        Read(Opens(4, "d"));
        _index.Read([Opens(1, "a")], AfterPatience, complete: false);
        Assert.Equal([(2, 3)], _index.Gaps);

        _index.Read([Opens(2, "b"), Opens(3, "c")], AfterPatience);
        Assert.Equal(["a", "b", "c", "d"], _index.UnfinishedSince(AfterPatience).Order());
    }

    [Fact]
    public void A_row_that_is_read_twice_counts_once()
    {
        Read(Opens(1, "a"), Opens(2, "b"));
        Read(Opens(1, "a"), Opens(2, "b"), Closes(3, "a"));
        Assert.Equal(["b"], Unfinished());

        Read(Opens(4, "a"), Closes(3, "a"));
        Assert.Equal(["a", "b"], Unfinished());
    }

    [Fact]
    public void Closings_whose_openings_lie_before_the_watermark_are_left_over_and_harmless()
    {
        var index = new UnfinishedIndex(10);
        index.Read([Opens(11, "a"), Closes(12, "a"), Closes(13, "a"), Opens(14, "a")], Now);

        Assert.Equal(["a"], index.UnfinishedSince(Now));
    }

    [Fact]
    public void Unfinished_since_tells_only_those_first_seen_by_then()
    {
        Read(Opens(1, "old"));
        _index.Read([Opens(2, "new"), Opens(3, "old")], Now.AddSeconds(30));

        Assert.Equal(["old"], _index.UnfinishedSince(Now.AddSeconds(29)));
        Assert.Equal(["new", "old"], _index.UnfinishedSince(Now.AddSeconds(30)).Order());
    }

    [Fact]
    public void A_conversation_that_finished_and_began_again_is_seen_anew()
    {
        Read(Opens(1, "a"));
        _index.Read([Closes(2, "a"), Opens(3, "a")], Now.AddSeconds(30));

        Assert.Empty(_index.UnfinishedSince(Now.AddSeconds(29)));
    }

    private static JournalMark Opens(long ordering, string conversation) => new(ordering, conversation, RowEffect.Opens);

    private static JournalMark Closes(long ordering, string conversation) => new(ordering, conversation, RowEffect.Closes);

    private void Read(params JournalMark[] rows) => _index.Read(rows, Now);

    private IEnumerable<string> Unfinished() => _index.UnfinishedSince(Now).Order();
}
