using System.IO.Pipelines;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Streams;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Chat;

/// <summary>Several replies in one stream, whose chunks come as they do and say which reply they are of.</summary>
/// <param name="choices">A writer for each of them.</param>
internal sealed class ChoiceFrames(ChunkWriter[] choices) : IReplyFrames
{
    private readonly List<Usage> _used = [];
    private ChunkWriter _choice = choices[0];

    public void Begin()
    {
        foreach (var choice in choices) choice.Begin();
    }

    public void Turn(int choice) => _choice = choices[choice];

    public int Skip(ReadOnlySpan<char> text) => _choice.Skip(text);

    public void Text(ReadOnlySpan<char> text) => _choice.Text(text);

    public void Reasoning(ReadOnlySpan<char> text) => _choice.Reasoning(text);

    public void Logprobs(DirectUpdate.Logprobs tokens) => _choice.Logprobs(tokens);

    public ApiError? Refuse(Outcome? end) => _choice.Refuse(end);

    public void Finish(Outcome end)
    {
        var reply = ((Outcome.Committed)end).Reply;
        _choice.FinishChoice(reply);
        _used.Add(reply.Usage);
        if (_used.Count == choices.Length) _choice.Done(CompletionJson.Sum(_used));
    }

    public void Error(ApiError error) => _choice.Error(error);

    public void Ping() => _choice.Ping();

    public ValueTask<FlushResult> FlushAsync() => _choice.FlushAsync();

    public void Dispose()
    {
        foreach (var choice in choices) choice.Dispose();
    }
}
