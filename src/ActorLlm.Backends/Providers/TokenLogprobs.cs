using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace ActorLlm.Backends;

/// <summary>How likely the model held the tokens of its answer, and others in their place, as OpenAI's HTTP API tells it.</summary>
/// <param name="Content">The tokens of the text: the entries of a JSON array, with commas between them; empty for none.</param>
/// <param name="Refusal">The tokens of a refusal, likewise.</param>
public sealed record TokenLogprobs(string Content, string Refusal)
{
    /// <summary>What an update tells of it; null where it tells nothing.</summary>
    public static TokenLogprobs? Of(ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return update.RawRepresentation is StreamingChatCompletionUpdate raw && (raw.ContentTokenLogProbabilities.Count > 0 || raw.RefusalTokenLogProbabilities.Count > 0)
            ? new TokenLogprobs(Entries(raw.ContentTokenLogProbabilities), Entries(raw.RefusalTokenLogProbabilities))
            : null;
    }

    private static string Entries(IEnumerable<IJsonModel<ChatTokenLogProbabilityDetails>> tokens) =>
        string.Join(',', tokens.Select(token => token.Write(ModelReaderWriterOptions.Json).ToString()));
}
