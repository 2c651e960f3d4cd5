using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace ActorLlm.Backends;

/// <summary>What a provider that speaks OpenAI's API says of where an answer was made; each is null where it says nothing of it.</summary>
/// <param name="SystemFingerprint">The setup that the model ran in.</param>
/// <param name="ServiceTier">The class of service.</param>
public readonly record struct AnswerOrigin(string? SystemFingerprint, string? ServiceTier)
{
    /// <summary>What an update tells of it.</summary>
    public static AnswerOrigin Of(ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
#pragma warning disable OPENAI001 // The SDK calls the tier experimental; a test watches it.
        return update.RawRepresentation is StreamingChatCompletionUpdate raw ? new AnswerOrigin(raw.SystemFingerprint, raw.ServiceTier?.ToString()) : default;
#pragma warning restore OPENAI001
    }
}
