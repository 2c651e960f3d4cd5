namespace ActorLlm.Processes;

/// <summary>What the exit codes of <c>actorllm</c> mean.</summary>
public static class ExitCode
{
    /// <summary>The command did what it was asked to do.</summary>
    public const int Success = 0;

    /// <summary>The command ran, and something failed on the way: a node died, a server would not start, a port was taken.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong: an unknown option, a value out of its range, a connection string that cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>Nothing that could do it was reached: no node at the addresses, a name that is not known, a certificate that is not valid.</summary>
    public const int Unreachable = 3;

    /// <summary>The key is missing or wrong.</summary>
    public const int Refused = 4;

    /// <summary>There is no such node, conversation, turn or model.</summary>
    public const int NotFound = 5;

    /// <summary>A node was reached, but the database or the rest of the cluster does not answer now: try again later.</summary>
    public const int Unavailable = 6;

    /// <summary>It was stopped by Ctrl-C or SIGTERM before its end. Commands that run until they are stopped end with <see cref="Success"/>.</summary>
    public const int Interrupted = 130;
}
