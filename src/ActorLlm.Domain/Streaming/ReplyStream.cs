using System.Text;

namespace ActorLlm.Domain.Streaming;

/// <summary>
/// Puts together the text that a subscriber may be shown, from pieces of one or more attempts that may come twice, late or not at all.
/// Text once shown is never taken back: another attempt's text goes on only if it begins with what was shown.
/// </summary>
public sealed class ReplyStream
{
    private readonly StringBuilder _shown = new();
    private int _attempt;
    private int _position;
    private bool _complete;

    /// <summary>
    /// Whether the text of the attempt that speaks, and once there is one the committed reply, is known to differ from what was shown: it
    /// cannot be streamed to this subscriber, only read. Another attempt may still bear out what was shown: the first result wins, whichever made it.
    /// </summary>
    public bool Diverged { get; private set; }

    /// <summary>Where an attempt's next piece is expected to start; a piece beyond it means that one was missed.</summary>
    public int Expected(int attempt) => attempt == _attempt ? _position : 0;

    /// <summary>Takes a piece; gives the text that can be shown now, or an empty string. After <see cref="Complete"/> there is none.</summary>
    /// <returns>False when a piece before this one was missed.</returns>
    public bool TryAdd(int attempt, int offset, string text, out string shown)
    {
        shown = "";
        if (_complete || attempt < _attempt) return true;
        if (attempt > _attempt) (_attempt, _position, Diverged) = (attempt, 0, false);
        if (offset > _position) return false;
        var known = _position - offset;
        if (known >= text.Length) return true;

        var added = text[known..];
        var overlap = Math.Clamp(_shown.Length - _position, 0, added.Length);
        if (overlap > 0 && _shown.ToString(_position, overlap) != added[..overlap]) Diverged = true;
        _position += added.Length;
        if (Diverged) return true;
        shown = added[overlap..];
        _shown.Append(shown);
        return true;
    }

    /// <summary>Takes the committed reply; gives what of it was not shown yet. <see cref="Diverged"/> says whether what was shown is not its beginning.</summary>
    public string Complete(string reply)
    {
        _complete = true;
        Diverged = !reply.StartsWith(_shown.ToString(), StringComparison.Ordinal);
        if (Diverged) return "";
        var rest = reply[_shown.Length..];
        _shown.Append(rest);
        return rest;
    }
}
