using System.Threading.Channels;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Streaming;

namespace ActorLlm.Cluster.Clients;

/// <summary>Where the answers to one caller of one turn go.</summary>
internal interface ITurnSink
{
    /// <summary>Whether the caller wants the text as it grows.</summary>
    bool Stream { get; }

    /// <param name="unfinished">How many turns of the conversation are unfinished by then; null where nobody says.</param>
    void Accepted(int? unfinished);

    /// <summary>Takes a piece of text. False when one before it was missed; then <paramref name="expected"/> says from where.</summary>
    bool Chunk(StreamChunk chunk, out int expected);

    void Settled(TurnSettled settled);

    void Failed(Exception error);
}

/// <summary>A caller that waits for the outcome only.</summary>
internal sealed class OutcomeSink : ITurnSink
{
    private readonly TaskCompletionSource<TurnSettled> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TurnSettled> Outcome => _outcome.Task;

    public bool Stream => false;

    public void Accepted(int? unfinished)
    {
    }

    public bool Chunk(StreamChunk chunk, out int expected)
    {
        expected = 0;
        return true;
    }

    public void Settled(TurnSettled settled) => _outcome.TrySetResult(settled);

    public void Failed(Exception error) => _outcome.TrySetException(error);
}

/// <summary>What a stream yields: acceptance, text, or the outcome with whether the text before it was another one.</summary>
internal readonly record struct StreamItem(int? Unfinished = null, string? Text = null, TurnSettled? Settled = null, bool Diverged = false);

/// <summary>
/// A caller that reads the text as it grows. What waits for a slow reader is bounded by the reply itself, which is at most
/// <see cref="Domain.Limits.MaxReplyBytes"/>.
/// </summary>
internal sealed class StreamSink : ITurnSink
{
    // One reader; the writers are the client actor and, when the node ends, whoever ends it.
    private readonly Channel<StreamItem> _items = Channel.CreateUnbounded<StreamItem>(new UnboundedChannelOptions { SingleReader = true });

    private readonly ReplyStream _reply = new();
    private bool _accepted;

    public ChannelReader<StreamItem> Items => _items.Reader;

    public bool Stream => true;

    public void Accepted(int? unfinished)
    {
        if (_accepted) return;
        _accepted = true;
        _items.Writer.TryWrite(new StreamItem(unfinished));
    }

    public bool Chunk(StreamChunk chunk, out int expected)
    {
        var complete = _reply.TryAdd(chunk.Key.Attempt, chunk.Offset, chunk.Text, out var shown);
        expected = _reply.Expected(chunk.Key.Attempt);
        // A piece is proof of acceptance, should it overtake the answer that says so.
        if (shown.Length > 0)
        {
            Accepted(unfinished: null);
            _items.Writer.TryWrite(new StreamItem(Text: shown));
        }

        return complete;
    }

    public void Settled(TurnSettled settled)
    {
        Accepted(settled.Unfinished);
        if (settled.Outcome is Outcome.Committed committed && _reply.Complete(committed.Reply.Text) is { Length: > 0 } rest)
            _items.Writer.TryWrite(new StreamItem(Text: rest));
        _items.Writer.TryWrite(new StreamItem(Settled: settled, Diverged: _reply.Diverged));
        _items.Writer.TryComplete();
    }

    public void Failed(Exception error) => _items.Writer.TryComplete(error);
}
