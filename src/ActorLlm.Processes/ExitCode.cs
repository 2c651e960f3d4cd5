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
}
