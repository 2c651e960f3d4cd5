namespace ActorLlm.Inspection.Text;

/// <summary>A column of a <see cref="Table"/>.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="Right">Whether its cells end in line, as numbers do.</param>
/// <param name="Shrinks">Whether its cells may be cut where the line is too long for the terminal.</param>
public readonly record struct Column(string Title, bool Right = false, bool Shrinks = false);

/// <summary>A table: each column as wide as its widest cell.</summary>
/// <param name="columns">Its columns.</param>
public sealed class Table(params IReadOnlyList<Column> columns)
{
    private const string Gap = "  ";
    private const string Cut = "...";

    // A cell cut shorter tells nothing.
    private const int LeastWidth = 12;

    private readonly List<IReadOnlyList<TextRun>> _rows = [];

    /// <summary>How many rows it has.</summary>
    public int Rows => _rows.Count;

    /// <summary>Adds a row with a cell for each column.</summary>
    public void Add(params IReadOnlyList<TextRun> cells)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells.Count != columns.Count) throw new ArgumentException($"The row has {cells.Count} cells; the table has {columns.Count} columns.", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>The titles and the rows.</summary>
    /// <param name="width">Columns of the terminal; null where lines may be as long as they are.</param>
    public IReadOnlyList<TextLine> Lines(int? width = null)
    {
        var widths = columns.Select((column, index) => _rows.Select(row => row[index].Text.Length).Append(column.Title.Length).Max()).ToArray();
        Shrink(widths, width);
        var titles = columns.Select(column => new TextRun(column.Title, Tone.Heading)).ToArray();
        return [Line(titles, widths), .. _rows.Select(row => Line(row, widths))];
    }

    /// <summary>Takes what is too much from the widest column that may give, again and again.</summary>
    private void Shrink(int[] widths, int? width)
    {
        if (width is not { } limit) return;
        for (var tooMuch = widths.Sum() + (Gap.Length * (widths.Length - 1)) - limit; tooMuch > 0; tooMuch--)
        {
            var widest = -1;
            for (var index = 0; index < widths.Length; index++)
            {
                if (columns[index].Shrinks && widths[index] > LeastWidth && (widest < 0 || widths[index] > widths[widest])) widest = index;
            }

            if (widest < 0) return;
            widths[widest]--;
        }
    }

    private TextLine Line(IReadOnlyList<TextRun> cells, int[] widths)
    {
        var runs = new List<TextRun>();
        for (var index = 0; index < cells.Count; index++)
        {
            var cell = cells[index];
            var text = cell.Text.Length <= widths[index] ? cell.Text : cell.Text[..(widths[index] - Cut.Length)] + Cut;
            var padding = new TextRun(new string(' ', widths[index] - text.Length));
            if (index > 0) runs.Add(new TextRun(Gap));
            if (columns[index].Right) runs.Add(padding);
            runs.Add(cell with { Text = text });
            // The last cell ends its line: a terminal breaks lines that are longer than it is wide, be it by spaces.
            if (!columns[index].Right && index < cells.Count - 1) runs.Add(padding);
        }

        return new TextLine(runs);
    }
}
