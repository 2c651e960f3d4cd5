using System.Text;
using ActorLlm.Domain.Streaming;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace ActorLlm.Domain.Tests.Streaming;

public class ReplyStreamProperties
{
    /// <summary>A delivery of the text from about one place to about another; the numbers are shares of its length in thousandths.</summary>
    public sealed record Piece(int From, int To)
    {
        public (int Offset, string Text) Of(string text)
        {
            var (a, b) = (text.Length * From / 1000, text.Length * To / 1000);
            return (Math.Min(a, b), text[Math.Min(a, b)..Math.Max(a, b)]);
        }
    }

    private static readonly Gen<Piece> OnePiece =
        Gen.Choose(0, 1000).SelectMany(from => Gen.Choose(0, 1000).Select(to => new Piece(from, to)));

    private static Arbitrary<Piece[]> Pieces() => Gen.Choose(0, 12).SelectMany(n => OnePiece.ArrayOf(n)).ToArbitrary();

    // Few letters, so that two texts often begin alike; with a pair of surrogates, which a split may cut.
    private static Arbitrary<string> Texts() =>
        Gen.Choose(0, 40)
            .SelectMany(n => Gen.Elements("a", "b", "ж", "\uD83D\uDE00").ArrayOf(n))
            .Select(string.Concat)
            .ToArbitrary();

    [Property(MaxTest = 500)]
    public Property Any_split_duplication_or_loss_of_one_attempts_text_shows_exactly_the_text() =>
        Prop.ForAll(Texts(), Pieces(), (text, pieces) =>
        {
            var viewer = new Viewer();
            foreach (var piece in pieces) viewer.Hear(1, text, piece);
            viewer.HearRest(1, text);
            return viewer.Shown == text && !viewer.Stream.Diverged;
        });

    [Property(MaxTest = 500)]
    public Property Another_attempt_with_the_same_text_goes_on_with_it() =>
        Prop.ForAll(Texts(), Pieces(), Pieces(), (text, first, second) =>
        {
            var viewer = new Viewer();
            foreach (var piece in first) viewer.Hear(1, text, piece);
            foreach (var piece in second) viewer.Hear(2, text, piece);
            foreach (var piece in first) viewer.Hear(1, text, piece);
            viewer.HearRest(2, text);
            return viewer.Shown == text && !viewer.Stream.Diverged;
        });

    [Property(MaxTest = 500)]
    public Property Another_attempt_with_other_text_never_mixes_with_what_was_shown() =>
        Prop.ForAll(Texts(), Texts(), Pieces(), (text, other, pieces) =>
        {
            var viewer = new Viewer();
            foreach (var piece in pieces) viewer.Hear(1, text, piece);
            var shownBefore = viewer.Shown;
            viewer.HearRest(2, other);
            if (other.StartsWith(shownBefore, StringComparison.Ordinal)) return viewer.Shown == other && !viewer.Stream.Diverged;
            viewer.Complete(other);
            return viewer.Shown == shownBefore && viewer.Stream.Diverged;
        });

    [Property(MaxTest = 500)]
    public Property What_was_shown_when_a_reply_is_committed_is_the_reply_or_the_stream_diverged() =>
        Prop.ForAll(Texts(), Texts(), Pieces(), (text, reply, pieces) =>
        {
            var viewer = new Viewer();
            foreach (var (n, piece) in pieces.Index()) viewer.Hear(1 + n / 4, n / 4 % 2 == 0 ? text : reply, piece);
            var shownBefore = viewer.Shown;
            viewer.Complete(reply);
            foreach (var piece in pieces) viewer.Hear(9, text, piece);
            return viewer.Stream.Diverged ? viewer.Shown == shownBefore : viewer.Shown == reply;
        });

    /// <summary>A subscriber that asks again for what it missed, as the protocol has it.</summary>
    private sealed class Viewer
    {
        private readonly StringBuilder _shown = new();

        public ReplyStream Stream { get; } = new();

        public string Shown => _shown.ToString();

        public void Hear(int attempt, string text, Piece piece)
        {
            var (offset, part) = piece.Of(text);
            if (Stream.TryAdd(attempt, offset, part, out var shown)) _shown.Append(shown);
            else Assert.True(shown.Length == 0 && Stream.Expected(attempt) < offset);
        }

        public void HearRest(int attempt, string text)
        {
            Assert.True(Stream.TryAdd(attempt, Stream.Expected(attempt), text[Stream.Expected(attempt)..], out var shown));
            _shown.Append(shown);
        }

        public void Complete(string reply) => _shown.Append(Stream.Complete(reply));
    }
}
