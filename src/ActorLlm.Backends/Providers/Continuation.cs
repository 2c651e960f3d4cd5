using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>Says that the last message, the assistant's, is the beginning of the answer, and that the rest of it is asked for.</summary>
public static class Continuation
{
    private const string Property = "continue_answer";

    /// <summary>Asks for the rest of the answer; only of backends that <see cref="ResolvedBackend.ContinuesPrefix"/>.</summary>
    public static void Ask(ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (options.AdditionalProperties ??= [])[Property] = true;
    }

    internal static bool IsAsked(ChatOptions? options) => options?.AdditionalProperties?.ContainsKey(Property) == true;
}
