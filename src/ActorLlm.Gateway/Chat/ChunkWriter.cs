using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text.Json;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Chat;

/// <summary>Frames of server-sent events, written into the response's own buffers through one JSON writer.</summary>
/// <param name="output">The response's body.</param>
/// <param name="head">What all chunks have in common.</param>
/// <param name="includeUsage">Whether the stream ends with the tokens used.</param>
/// <param name="resumeAt">
/// Where the client goes on reading, in UTF-16 code units of the reply's text: what is before it is not written, and each chunk of text has its end as
/// its id. Null for a stream that cannot be resumed.
/// </param>
internal sealed class ChunkWriter(PipeWriter output, CompletionHead head, bool includeUsage, int? resumeAt) : IDisposable
{
    private const int LongestDelta = 8 * 1024;
    private readonly Utf8JsonWriter _json = Json.Writer(output);
    private char _highSurrogate;
    private int _position;

    /// <summary>Whether the reply reaches as far as the client says that it has read.</summary>
    public bool ReachesResumption => _position >= (resumeAt ?? 0);

    public void Role()
    {
        Begin();
        CompletionJson.WriteRole(_json, head, includeUsage);
        End();
    }

    /// <summary>How much of the next piece the client has read before; ask for each piece once, and write the rest.</summary>
    public int Skip(ReadOnlySpan<char> text)
    {
        var skipped = Math.Clamp((resumeAt ?? 0) - _position, 0, text.Length);
        // No chunk ends within a character; a client that names such a place all the same gets no half of one.
        if (skipped > 0 && skipped < text.Length && char.IsLowSurrogate(text[skipped])) skipped++;
        _position += skipped;
        return skipped;
    }

    /// <summary>
    /// Writes a piece of text. A piece may end between the two halves of one character, which no JSON string may: the first half waits
    /// for the next piece.
    /// </summary>
    public void Text(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        if (_highSurrogate != default)
        {
            Delta([_highSurrogate, text[0]]);
            _highSurrogate = default;
            text = text[1..];
        }

        while (Next(ref text) is { IsEmpty: false } piece) Delta(piece);
        // What is left is the first half of a character.
        if (!text.IsEmpty) _highSurrogate = text[0];
    }

    /// <summary>What a reply has beside its text, and its end.</summary>
    public void Finish(Reply reply)
    {
        Refusal(reply.Refusal);
        for (var index = 0; index < reply.ToolCalls.AsSpan().Length; index++) ToolCall(index, reply.ToolCalls[index]);
        Begin();
        CompletionJson.WriteFinish(_json, head, reply, includeUsage);
        End();
        if (includeUsage)
        {
            Begin();
            CompletionJson.WriteUsageChunk(_json, head, reply);
            End();
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    public void Error(ApiError error)
    {
        Begin();
        ErrorResponse.Write(_json, error);
        End();
    }

    /// <summary>A comment, which clients skip: proof of life.</summary>
    public void Ping() => output.Write(": ping\n\n"u8);

    public ValueTask<FlushResult> FlushAsync() => output.FlushAsync();

    public void Dispose() => _json.Dispose();

    private void Refusal(ReadOnlySpan<char> text)
    {
        while (Next(ref text) is { IsEmpty: false } piece)
        {
            Begin();
            CompletionJson.WriteRefusal(_json, head, piece, includeUsage);
            End();
        }
    }

    private void ToolCall(int index, ToolCall call)
    {
        Begin();
        CompletionJson.WriteToolCall(_json, head, index, call, includeUsage);
        End();
        ReadOnlySpan<char> arguments = call.Arguments;
        while (Next(ref arguments) is { IsEmpty: false } piece)
        {
            Begin();
            CompletionJson.WriteArguments(_json, head, index, piece, includeUsage);
            End();
        }
    }

    /// <summary>Takes the next piece off a text: no longer than a frame may be, and not ending within a character.</summary>
    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> text)
    {
        var piece = text[..Math.Min(text.Length, LongestDelta)];
        if (!piece.IsEmpty && char.IsHighSurrogate(piece[^1])) piece = piece[..^1];
        text = text[piece.Length..];
        return piece;
    }

    private void Delta(ReadOnlySpan<char> text)
    {
        _position += text.Length;
        if (resumeAt is not null) Id();
        Begin();
        CompletionJson.WriteDelta(_json, head, text, includeUsage);
        End();
    }

    private void Id()
    {
        output.Write("id: "u8);
        Utf8Formatter.TryFormat(_position, output.GetSpan(11), out var written);
        output.Advance(written);
        output.Write("\n"u8);
    }

    private void Begin() => output.Write("data: "u8);

    private void End()
    {
        _json.Flush();
        _json.Reset();
        output.Write("\n\n"u8);
    }
}
