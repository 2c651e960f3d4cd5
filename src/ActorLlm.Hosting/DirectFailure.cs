using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Hosting;

/// <summary>What a backend's client threw, in the words of a direct call.</summary>
internal static class DirectFailure
{
    /// <summary>
    /// The failure of an exception, or null where it is one already or nobody foresaw it: then it is a fault to be looked into, and not one to tell a
    /// client about.
    /// </summary>
    public static DirectCallException? Of(Exception error)
    {
        if (error is DirectCallException || BackendFailures.Classify(error) is not { Unforeseen: false } failure) return null;
        var kind = failure.Kind == BackendFailureKind.Provider ? FailureKind.Provider : FailureKind.Content;
        return new DirectCallException(kind, failure.Message, failure.StatusCode, failure.RetryAfter) { Code = failure.Code, Param = failure.Param };
    }
}
