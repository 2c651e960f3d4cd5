using System.Runtime.InteropServices;

namespace ActorLlm.Processes;

/// <summary>Sends a signal to one process, by its id.</summary>
public static class Signals
{
    private const int SigTerm = 15;

    /// <summary>Asks a process to end (SIGTERM). A process that is gone already is no error.</summary>
    /// <param name="processId">The process, greater than 1.</param>
    public static void Terminate(int processId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(processId, 1);
        _ = Kill(processId, SigTerm);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
