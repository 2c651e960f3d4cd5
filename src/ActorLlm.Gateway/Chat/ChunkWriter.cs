using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text.Json;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Streams;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Chat;

/// <summary>Frames of server-sent events, written into the response's own buffers through one JSON writer.</summary>
/// <param name="output">The response's body.</param>
/// <param name="head">What all chunks have in common.</param>
/// <param name="includeUsage">Whether the stream ends with the tokens used.</param>
/// <param name="resumeAt">
/// Where the client goes on reading: what is before it is not written, and each chunk of text has the point after it as its id. Null for a stream that
/// cannot be resumed.
/// </param>
internal sealed class ChunkWriter(PipeWriter output, CompletionHead head, bool includeUsage, ResumePoint? resumeAt) : IReplyFrames
{
    private static readonly ApiError ReadFurther = ApiError.InvalidValue(
        ResumePoint.Header,
        $"{ResumePoint.Header} is beyond the end of the reply; expected the id of a chunk of this stream, as it was sent. Leave it out for the whole reply.");

    // What the client has is not the beginning of this reply: to go on would make of both a text that no model wrote.
    private static readonly ApiError ReadOther = ApiError.Invalid(
        "stream_diverged", ResumePoint.Header,
        $"What was read up to {ResumePoint.Header} is not the beginning of this reply: the id is of another stream, or a worker was lost and another one worded the reply "
        + "differently. Expected the id of a chunk of this stream, as it was sent. Leave it out for the whole reply.");

    private readonly Utf8JsonWriter _json = Json.Writer(output);
    private readonly TextCursor _text = new(resumeAt?.Position ?? 0, resumeAt?.Mark);
    private readonly TextCursor _thoughts = new(0);
    private readonly LogprobsJson _logprobs = new();
    private int _known;

    public void Begin()
    {
        Open();
        CompletionJson.WriteRole(_json, head, includeUsage);
        Close();
    }

    public int Skip(ReadOnlySpan<char> text) => _text.Skip(text);

    public void Text(ReadOnlySpan<char> text) => _text.Give(text, piece => Placed("content"u8, piece, _logprobs));

    public void Reasoning(ReadOnlySpan<char> text) => _thoughts.Give(text, piece => Piece("reasoning_content"u8, piece, null));

    public void Logprobs(DirectUpdate.Logprobs tokens) => _logprobs.Add(tokens);

    public ApiError? Refuse(Outcome? end)
    {
        // The reasoning of a stored reply is known with its end: its places follow those of the text.
        if (end is Outcome.Committed { Reply.Reasoning: var reasoning }) _known = _text.Skip(reasoning);
        return _text.Diverges ? ReadOther
            : end is null || _text.ReachesResumption ? null
            : ReadFurther;
    }

    public void Finish(Outcome end)
    {
        var reply = ((Outcome.Committed)end).Reply;
        FinishChoice(reply);
        Done(reply.Usage);
    }

    /// <summary>Writes all that follows a reply's text, but not that nothing follows.</summary>
    public void FinishChoice(Reply reply)
    {
        _text.Give(reply.Reasoning.AsSpan(_known), piece => Placed("reasoning_content"u8, piece, null));
        Refusal(reply.Refusal);
        for (var index = 0; index < reply.ToolCalls.AsSpan().Length; index++) ToolCall(index, reply.ToolCalls[index]);
        Open();
        CompletionJson.WriteFinish(_json, head, reply, includeUsage, _logprobs);
        Close();
    }

    /// <summary>Writes the tokens used, where they are asked for, and that nothing follows.</summary>
    public void Done(Usage usage)
    {
        if (includeUsage && CompletionJson.IsKnown(usage))
        {
            Open();
            CompletionJson.WriteUsageChunk(_json, head, usage);
            Close();
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    public void Error(ApiError error)
    {
        Open();
        ErrorResponse.Write(_json, error);
        Close();
    }

    public void Ping() => output.Write(": ping\n\n"u8);

    public ValueTask<FlushResult> FlushAsync() => output.FlushAsync();

    public void Dispose() => _json.Dispose();

    private void Refusal(ReadOnlySpan<char> text)
    {
        while (TextCursor.Next(ref text) is { IsEmpty: false } piece) Piece("refusal"u8, piece, _logprobs);
    }

    private void ToolCall(int index, ToolCall call)
    {
        Open();
        CompletionJson.WriteToolCall(_json, head, index, call, includeUsage);
        Close();
        ReadOnlySpan<char> arguments = call.Arguments;
        while (TextCursor.Next(ref arguments) is { IsEmpty: false } piece)
        {
            Open();
            CompletionJson.WriteArguments(_json, head, index, piece, includeUsage);
            Close();
        }
    }

    private void Placed(ReadOnlySpan<byte> field, ReadOnlySpan<char> text, LogprobsJson? logprobs)
    {
        if (resumeAt is not null) Id();
        Piece(field, text, logprobs);
    }

    private void Piece(ReadOnlySpan<byte> field, ReadOnlySpan<char> text, LogprobsJson? logprobs)
    {
        Open();
        CompletionJson.WriteDelta(_json, head, field, text, includeUsage, logprobs);
        Close();
    }

    private void Id()
    {
        output.Write("id: "u8);
        var id = output.GetSpan(ResumePoint.MaxLength);
        Utf8Formatter.TryFormat(_text.Position, id, out var length);
        id[length++] = (byte)'-';
        Utf8Formatter.TryFormat(_text.Mark, id[length..], out var marked, new StandardFormat('x', 8));
        output.Advance(length + marked);
        output.Write("\n"u8);
    }

    private void Open() => output.Write("data: "u8);

    private void Close()
    {
        _json.Flush();
        _json.Reset();
        output.Write("\n\n"u8);
    }
}
