namespace ActorLlm.Gateway.Streams;

/// <summary>Takes a growing text apart into pieces that may each be a JSON string: none is too long for a frame, and none ends within a character.</summary>
/// <param name="resumeAt">What is before this place, in UTF-16 code units, is not given.</param>
/// <param name="mark">What <see cref="Mark"/> must be there; null where nobody knows.</param>
/// <param name="markBits">Which bits of it are known.</param>
internal sealed class TextCursor(int resumeAt, uint? mark = null, uint markBits = uint.MaxValue)
{
    // FNV-1a (Fowler, Noll, Vo) of 32 bits, over UTF-16 code units.
    private const uint HashBasis = 2_166_136_261;
    private const uint HashPrime = 16_777_619;

    private const int LongestPiece = 8 * 1024;
    private char _highSurrogate;

    public delegate void PieceWriter(ReadOnlySpan<char> piece);

    /// <summary>Where the text that was given or skipped ends.</summary>
    public int Position { get; private set; }

    /// <summary>A hash of the text up to <see cref="Position"/>: another wording has another one.</summary>
    public uint Mark { get; private set; } = HashBasis;

    /// <summary>Whether the text before the place is another than the one that had the mark.</summary>
    public bool Diverges { get; private set; }

    /// <summary>Whether the text reaches as far as the place.</summary>
    public bool ReachesResumption => Position >= resumeAt;

    /// <summary>How much of the next piece is before the place.</summary>
    public int Skip(ReadOnlySpan<char> text)
    {
        var skipped = Math.Clamp(resumeAt - Position, 0, text.Length);
        Pass(text[..skipped]);
        Diverges |= skipped > 0 && ReachesResumption && mark is { } known && (known & markBits) != (Mark & markBits);
        // No piece ends within a character; a client that names such a place all the same gets no half of one.
        if (skipped > 0 && skipped < text.Length && char.IsLowSurrogate(text[skipped])) Pass(text.Slice(skipped++, 1));
        return skipped;
    }

    /// <summary>Gives a piece of text. The first half of a character at its end waits for the next piece.</summary>
    public void Give(ReadOnlySpan<char> text, PieceWriter write)
    {
        if (text.IsEmpty) return;
        if (_highSurrogate != default)
        {
            ReadOnlySpan<char> character = [_highSurrogate, text[0]];
            Pass(character);
            write(character);
            _highSurrogate = default;
            text = text[1..];
        }

        while (Next(ref text) is { IsEmpty: false } piece)
        {
            Pass(piece);
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

    private void Pass(ReadOnlySpan<char> text)
    {
        Position += text.Length;
        foreach (var unit in text) Mark = (Mark ^ unit) * HashPrime;
    }
}
