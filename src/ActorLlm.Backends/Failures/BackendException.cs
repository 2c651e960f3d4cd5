namespace ActorLlm.Backends;

/// <summary>A call that failed for a reason already classified.</summary>
public sealed class BackendException : Exception
{
    /// <summary>Wraps a failure, with the exception that it was read from.</summary>
    public BackendException(BackendFailure failure, Exception? inner = null)
        : base(failure?.Message, inner)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Failure = failure;
    }

    /// <summary>What happened.</summary>
    public BackendFailure Failure { get; }
}
