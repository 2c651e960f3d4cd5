using System.IO.Pipelines;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Streams;

/// <summary>What one update means to a stream; nothing of it: the reply is promised, and nothing is there to show yet.</summary>
/// <param name="Text">The reply's next piece of text.</param>
/// <param name="End">The outcome, all of whose text has been shown: the end.</param>
/// <param name="Error">Why there is none: the end.</param>
/// <param name="Reasoning">The next piece of what the model thinks.</param>
/// <param name="Logprobs">How likely the tokens of the text that follows were.</param>
/// <param name="Choice">Which of several replies it is about.</param>
/// <param name="Others">Whether other replies go on after this <paramref name="End"/>.</param>
internal readonly record struct StreamStep(
    string? Text = null, Outcome? End = null, ApiError? Error = null, string? Reasoning = null, DirectUpdate.Logprobs? Logprobs = null, int Choice = 0,
    bool Others = false);

/// <summary>How a reply is written as server-sent events: one for each kind of API.</summary>
internal interface IReplyFrames : IDisposable
{
    /// <summary>What comes before all text.</summary>
    void Begin();

    /// <summary>Says which of several replies what follows is about.</summary>
    void Turn(int choice)
    {
    }

    /// <summary>How much of the next piece the client has read before; ask for each piece once, and write the rest.</summary>
    int Skip(ReadOnlySpan<char> text);

    /// <summary>Writes a piece of text, of any length, which may end between the two halves of one character.</summary>
    void Text(ReadOnlySpan<char> text);

    /// <summary>Writes a piece of what the model thinks, as <see cref="Text"/>; nothing in an API that does not show it.</summary>
    void Reasoning(ReadOnlySpan<char> text)
    {
    }

    /// <summary>Takes the log probabilities of what follows, to be written with it; an API that does not show them drops them.</summary>
    void Logprobs(DirectUpdate.Logprobs tokens)
    {
    }

    /// <summary>Why the stream cannot go on, or cannot end with this outcome, or null; asked before anything of a piece or of the end is written.</summary>
    ApiError? Refuse(Outcome? end);

    /// <summary>Writes all that follows the text.</summary>
    void Finish(Outcome end);

    /// <summary>Writes why the stream breaks off.</summary>
    void Error(ApiError error);

    /// <summary>A comment, which clients skip: proof of life.</summary>
    void Ping();

    ValueTask<FlushResult> FlushAsync();
}
