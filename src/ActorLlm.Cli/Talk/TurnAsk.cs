using System.Security.Cryptography;

namespace ActorLlm.Cli.Talk;

/// <summary>A message to be sent.</summary>
/// <param name="Conversation">The conversation's name; null for that which belongs to the key, the same for the same key.</param>
/// <param name="Key">The Idempotency-Key, which is the turn's id.</param>
/// <param name="Text">The message.</param>
/// <param name="Model">The model to ask; null for the default.</param>
/// <param name="Interrupts">Whether unfinished turns before it are cancelled.</param>
internal sealed record TurnAsk(string? Conversation, string Key, string Text, string? Model, bool Interrupts = false)
{
    private const int RandomDigits = 16;
    private const int MaxName = 128;

    /// <summary>A name as it was given, where a header can carry it; a new one where none was.</summary>
    /// <param name="given">What was given; null for nothing.</param>
    /// <param name="option">Where.</param>
    /// <param name="prefix">What a new one begins with.</param>
    /// <exception cref="UserErrorException">No header can carry it.</exception>
    public static string Name(string? given, string option, string prefix) =>
        given is null ? NewName(prefix)
        : given.Length is > 0 and <= MaxName && !given.AsSpan().ContainsAnyExceptInRange('!', '~') ? given
        : throw new UserErrorException($"{option} is '{given}': give 1 to {MaxName} visible ASCII characters without a space.", ExitCode.Usage);

    /// <summary>A name that nobody used before.</summary>
    public static string NewName(string prefix) => $"{prefix}-{RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true)}";
}

/// <summary>What is heard of a turn.</summary>
internal abstract record TurnNews
{
    private TurnNews()
    {
    }

    /// <summary>The node took it.</summary>
    /// <param name="Name">What operators call the turn, <c>tenant/name turn</c>.</param>
    public sealed record Taken(string Name) : TurnNews;

    /// <summary>More of the reply.</summary>
    public sealed record Text(string More) : TurnNews;

    /// <summary>The node was lost, or cannot answer now; the next one is asked to go on.</summary>
    public sealed record Elsewhere(Uri Lost, Uri Next, string Reason) : TurnNews
    {
        /// <summary>As a line for people.</summary>
        public string Line => Lost == Next ? $"{Show(Lost)}: {Reason}; asking again." : $"{Show(Lost)}: {Reason}; going on at {Show(Next)}.";

        private static string Show(Uri url) => url.AbsoluteUri.TrimEnd('/');
    }

    /// <summary>The reply was worded anew: what was heard is void, and it comes again from its beginning.</summary>
    public sealed record Reworded : TurnNews;

    /// <summary>The reply is whole and durable.</summary>
    public sealed record End(string FinishReason, string Model, long? InputTokens, long? OutputTokens) : TurnNews;
}
