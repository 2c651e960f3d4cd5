using System.Runtime.InteropServices;

namespace ActorLlm.Processes;

/// <summary>Sends a signal to one process, by its id.</summary>
public static class Signals
{
    private const int SigTerm = 15;

    // These two have other numbers on macOS and the BSDs than on Linux.
    private static readonly int SigStop = OperatingSystem.IsLinux() ? 19 : 17;
    private static readonly int SigCont = OperatingSystem.IsLinux() ? 18 : 19;

    /// <summary>Asks a process to end (SIGTERM). A process that is gone already is no error.</summary>
    /// <param name="processId">The process, greater than 1.</param>
    public static void Terminate(int processId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(processId, 1);
        _ = Kill(processId, SigTerm);
    }

    /// <summary>Halts a process until <see cref="Resume"/> (SIGSTOP). A process that is gone already is no error.</summary>
    /// <param name="processId">The process, greater than 1.</param>
    public static void Pause(int processId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(processId, 1);
        _ = Kill(processId, SigStop);
    }

    /// <summary>Lets a halted process go on (SIGCONT). A process that is gone already is no error.</summary>
    /// <param name="processId">The process, greater than 1.</param>
    public static void Resume(int processId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(processId, 1);
        _ = Kill(processId, SigCont);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
