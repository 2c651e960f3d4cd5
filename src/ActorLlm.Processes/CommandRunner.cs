using System.Diagnostics;

namespace ActorLlm.Processes;

/// <summary>What a short command answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output and standard error, in the order they were read.</param>
public sealed record CommandResult(int ExitCode, string Output);

/// <summary>Runs short commands of the operating system or of PostgreSQL.</summary>
public static class CommandRunner
{
    /// <summary>Runs a command to its end.</summary>
    /// <param name="command">The executable and its arguments; nothing passes through a shell.</param>
    /// <param name="cancellationToken">Kills the command.</param>
    public static async Task<CommandResult> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        var info = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        foreach (var argument in command.Skip(1))
            info.ArgumentList.Add(argument);
        // PostgreSQL's tools speak the user's language; what is read here is read in English.
        info.Environment["LC_ALL"] = "C";

        using var output = new OutputLog(file: null, onLine: null);
        using var process = new Process { StartInfo = info };
        process.OutputDataReceived += (_, line) => output.Append(line.Data);
        process.ErrorDataReceived += (_, line) => output.Append(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        return new CommandResult(process.ExitCode, string.Join('\n', output.Tail));
    }

    /// <summary>The full path of an executable on the PATH, or null.</summary>
    public static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
