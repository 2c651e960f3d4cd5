using System.Diagnostics;

namespace ActorLlm.Processes;

/// <summary>
/// Cleans up after this process should it die before it can do so itself, by kill -9 included: a waiting shell whose standard
/// input is a pipe from here. The pipe ends with this process, whatever ends it, and then the shell runs its script.
/// (Linux's parent-death signal will not do: it follows the thread that started the child, and threads of a pool end early.)
/// </summary>
public sealed class OrphanGuard : IDisposable
{
    // Signals for the terminal's whole process group must not end the guard, and its output must not hold anyone's pipe open.
    private const string Prologue =
        "exec >/dev/null 2>&1; trap '' HUP INT TERM; cd /; read -r word; [ \"$word\" = disarm ] && exit 0; ";

    private readonly Process _shell;
    private bool _disarmed;

    private OrphanGuard(Process shell) => _shell = shell;

    /// <summary>Arms a guard.</summary>
    /// <param name="script">A POSIX shell script, run if this process ends without <see cref="Disarm"/>.</param>
    /// <param name="arguments">The script's $1, $2 and so on.</param>
    public static OrphanGuard Arm(string script, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Prologue + script);
        start.ArgumentList.Add("actorllm-guard");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return new OrphanGuard(Process.Start(start)!);
    }

    /// <summary>Ends the guard without running its script. Safe to call twice.</summary>
    public void Disarm()
    {
        if (_disarmed)
            return;
        _disarmed = true;
        try
        {
            _shell.StandardInput.WriteLine("disarm");
            _shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // Someone ended the shell: then there is nothing left to disarm.
        }
        _shell.WaitForExit();
        _shell.Dispose();
    }

    /// <inheritdoc cref="Disarm"/>
    public void Dispose() => Disarm();
}
