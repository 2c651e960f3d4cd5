namespace ActorLlm.Backends;

/// <summary>Whose fault a failed call is; it decides how long a turn is tried again.</summary>
public enum BackendFailureKind
{
    /// <summary>The request itself: another attempt will most likely fail too, so attempts are few.</summary>
    Content,

    /// <summary>The provider or the way to it: another attempt may well succeed.</summary>
    Provider,
}

/// <summary>Why a call to a backend failed.</summary>
/// <param name="Kind">Whose fault it is.</param>
/// <param name="Message">What happened, safe to show to users: no keys, no addresses, one line, at most 400 characters.</param>
/// <param name="StatusCode">The HTTP status, where there was one.</param>
/// <param name="RetryAfter">How long the provider asked to be left alone, where it did; never negative, at most a day.</param>
public sealed record BackendFailure(BackendFailureKind Kind, string Message, int? StatusCode = null, TimeSpan? RetryAfter = null)
{
    /// <summary>OpenAI's code for an account without credit; it comes with the status of a rate limit.</summary>
    public const string InsufficientQuota = "insufficient_quota";

    private const int PaymentRequired = 402;

    /// <summary>Whether nothing is known of the exception behind it: more likely a fault in a client than in the world, and worth a look at its trace.</summary>
    public bool Unforeseen { get; init; }

    /// <summary>The provider's own code for what is wrong, in letters, digits, dots and underscores; null where it gave none.</summary>
    public string? Code { get; init; }

    /// <summary>The field of the request that the provider names, in the words of OpenAI's chat completions; null where it named none.</summary>
    public string? Param { get; init; }

    /// <summary>Whether the account at the provider has no credit: only people can change that, so attempts are few.</summary>
    public bool NoCredit => StatusCode == PaymentRequired || Code == InsufficientQuota;

    /// <summary>
    /// Whether the provider did answer, only not in a way that is of use: another attempt may be paid for as this one was, and most likely ends as it
    /// did, so attempts are few.
    /// </summary>
    public bool AnswerUnusable { get; init; }
}
