using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Tests.Text;

public sealed class TableTests
{
    private static readonly Table Sample = Make();

    [Fact]
    public void Columns_are_as_wide_as_their_widest_cell_and_no_line_ends_in_spaces() => Assert.Equal(
        """
        NAME        COUNT  WHY
        a               1  it is short
        a long one  12345

        """,
        new Page(Sample.Lines()).ToString());

    [Fact]
    public void On_a_terminal_that_is_too_narrow_the_columns_that_may_are_cut() => Assert.Equal(
        """
        NAME        COUNT  WHY
        a               1  it is ver...
        a long one  12345  it fits

        """,
        new Page(Make("it is very long indeed", "it fits").Lines(width: 31)).ToString());

    [Fact]
    public void What_may_not_be_cut_stays_whole_however_narrow_the_terminal_is() =>
        Assert.Contains("a long one  12345", new Page(Sample.Lines(width: 5)).ToString(), StringComparison.Ordinal);

    [Theory]
    [InlineData("two\nlines", "two lines")]
    [InlineData("\u001b[31mred\u001b[0m", "[31mred [0m")]
    [InlineData("bell\a\r\n", "bell")]
    [InlineData("plain", "plain")]
    public void What_came_from_outside_cannot_move_the_cursor(string text, string shown) => Assert.Equal(shown, TextRun.Of(text).Text);

    [Fact]
    public void A_row_that_does_not_fit_is_refused() =>
        Assert.Throws<ArgumentException>(() => new Table(new Column("ONE")).Add(new TextRun("a"), new TextRun("b")));

    private static Table Make(string first = "it is short", string second = "")
    {
        var table = new Table(new Column("NAME"), new Column("COUNT", Right: true), new Column("WHY", Shrinks: true));
        table.Add(new TextRun("a"), new TextRun("1"), new TextRun(first));
        table.Add(new TextRun("a long one"), new TextRun("12345"), new TextRun(second));
        return table;
    }
}
