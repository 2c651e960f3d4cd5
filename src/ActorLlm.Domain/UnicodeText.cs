using System.Text;

namespace ActorLlm.Domain;

/// <summary>Text as it can be stored: UTF-8 has no half of a surrogate pair, and would read back as other text than was written.</summary>
public static class UnicodeText
{
    /// <summary>Where the first half of a surrogate pair stands alone, or -1.</summary>
    public static int IndexOfLoneSurrogate(ReadOnlySpan<char> text)
    {
        var at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        while (at >= 0 && at < text.Length)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var length) != System.Buffers.OperationStatus.Done) return at;
            at += length;
            var next = text[at..].IndexOfAnyInRange('\uD800', '\uDFFF');
            at = next < 0 ? -1 : at + next;
        }

        return -1;
    }

    /// <summary>The text with U+FFFD for each half of a surrogate pair that stands alone.</summary>
    public static string WellFormed(string text) =>
        IndexOfLoneSurrogate(text) < 0 ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The text, well-formed and cut to at most so many characters, but not inside a surrogate pair.</summary>
    public static string Storable(string text, int length)
    {
        if (text.Length > length) text = text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
        return WellFormed(text);
    }
}
