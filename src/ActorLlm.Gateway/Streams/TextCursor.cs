namespace ActorLlm.Gateway.Streams;

/// <summary>Takes a growing text apart into pieces that may each be a JSON string: none is too long for a frame, and none ends within a character.</summary>
/// <param name="resumeAt">What is before this place, in UTF-16 code units, is not given.</param>
internal sealed class TextCursor(int resumeAt)
{
    private const int LongestPiece = 8 * 1024;
    private char _highSurrogate;

    public delegate void PieceWriter(ReadOnlySpan<char> piece);

    /// <summary>Where the text that was given or skipped ends.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the text reaches as far as the place.</summary>
    public bool ReachesResumption => Position >= resumeAt;

    /// <summary>How much of the next piece is before the place.</summary>
    public int Skip(ReadOnlySpan<char> text)
    {
        var skipped = Math.Clamp(resumeAt - Position, 0, text.Length);
        // No piece ends within a character; a client that names such a place all the same gets no half of one.
        if (skipped > 0 && skipped < text.Length && char.IsLowSurrogate(text[skipped])) skipped++;
        Position += skipped;
        return skipped;
    }

    /// <summary>Gives a piece of text. The first half of a character at its end waits for the next piece.</summary>
    public void Give(ReadOnlySpan<char> text, PieceWriter write)
    {
        if (text.IsEmpty) return;
        if (_highSurrogate != default)
        {
            Position += 2;
            write([_highSurrogate, text[0]]);
            _highSurrogate = default;
            text = text[1..];
        }

        while (Next(ref text) is { IsEmpty: false } piece)
        {
            Position += piece.Length;
            write(piece);
        }

        // What is left is the first half of a character.
        if (!text.IsEmpty) _highSurrogate = text[0];
    }

    /// <summary>Takes the next piece off a text.</summary>
    public static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> text)
    {
        var piece = text[..Math.Min(text.Length, LongestPiece)];
        if (!piece.IsEmpty && char.IsHighSurrogate(piece[^1])) piece = piece[..^1];
        text = text[piece.Length..];
        return piece;
    }
}
