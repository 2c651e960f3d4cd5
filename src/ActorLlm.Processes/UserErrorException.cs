namespace ActorLlm.Processes;

/// <summary>
/// An error that the user can act on. Its message is one line that says what was wrong, what was expected and what to do;
/// the program prints it without a stack trace and ends with <see cref="ExitCode"/>.
/// </summary>
public sealed class UserErrorException : Exception
{
    /// <summary>Makes the error.</summary>
    /// <param name="message">One line for the user.</param>
    /// <param name="exitCode">One of <see cref="Processes.ExitCode"/>.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public UserErrorException(string message, int exitCode = Processes.ExitCode.Failure, Exception? innerException = null)
        : base(message, innerException) => ExitCode = exitCode;

    /// <summary>The process's exit code, one of <see cref="Processes.ExitCode"/>.</summary>
    public int ExitCode { get; }
}
