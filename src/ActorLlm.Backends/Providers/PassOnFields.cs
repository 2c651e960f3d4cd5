using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>Fields of a request that are handed on as they are to backends that speak OpenAI's HTTP API; others leave them out.</summary>
public static class PassOnFields
{
    /// <summary>The older name of the most tokens of an answer, which some servers know alone; where it is handed on, the newer one is not sent.</summary>
    public const string MaxTokens = "max_tokens";

    private const string Property = "pass_on_fields";

    /// <summary>Whether a field of this name can be handed on: a letter or underscore, then letters, digits and underscores.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_');
    }

    /// <summary>Hands fields on with a call.</summary>
    /// <param name="options">The call's options.</param>
    /// <param name="fields">A JSON object; of its fields those whose name <see cref="IsName"/> are handed on.</param>
    public static void Set(ChatOptions options, string fields)
    {
        ArgumentNullException.ThrowIfNull(options);
        (options.AdditionalProperties ??= [])[Property] = fields;
    }

    internal static string? Of(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Property, out string? fields) == true ? fields : null;
}
