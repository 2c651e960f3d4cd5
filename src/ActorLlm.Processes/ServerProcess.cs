using System.Diagnostics;
using System.Net;

namespace ActorLlm.Processes;

/// <summary>
/// A server process of this product, started by this program: its output kept, its health asked for, ended in order or at once.
/// It does not outlive this program, however this program ends.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan HealthPollInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan HealthRequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopGraceAtDispose = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly OrphanGuard? _guard;
    private readonly OutputLog _output;

    private ServerProcess(ServerStart start, Process process, OutputLog output)
    {
        Name = start.Name;
        _process = process;
        _output = output;
        _guard = OperatingSystem.IsWindows() ? null : OrphanGuard.Arm("kill -KILL \"$1\"", $"{process.Id}");
        Exited = ObserveExitAsync();
    }

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Ends with the exit code once the process has ended and its output was read (137 or -1 class codes after a kill).</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines that it wrote, oldest first; at most <see cref="OutputLog.TailLines"/>.</summary>
    public IReadOnlyList<string> Tail => _output.Tail;

    /// <summary>Starts the process.</summary>
    /// <exception cref="UserErrorException">The .dll is not there.</exception>
    public static ServerProcess Start(ServerStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        if (!File.Exists(start.AssemblyPath))
            throw new UserErrorException($"{start.Name} cannot start: {start.AssemblyPath} is not there. Build the solution first (dotnet build).");
        Directory.CreateDirectory(start.WorkingFolder);

        var output = new OutputLog(start.LogFile, start.OnLine);
        var process = new Process { StartInfo = Describe(start), EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => output.Append(line.Data);
        process.ErrorDataReceived += (_, line) => output.Append(line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProcess(start, process, output);
    }

    /// <summary>Waits until a GET on the address answers 200.</summary>
    /// <param name="health">The address to ask.</param>
    /// <param name="deadline">How long it may take.</param>
    /// <param name="cancellationToken">Gives up waiting; the process goes on.</param>
    /// <exception cref="UserErrorException">The process ended, or the deadline passed; the message carries its last lines.</exception>
    public async Task WaitHealthyAsync(Uri health, TimeSpan deadline, CancellationToken cancellationToken = default)
    {
        using var client = new HttpClient { Timeout = HealthRequestTimeout };
        using var timer = new PeriodicTimer(HealthPollInterval);
        var clock = Stopwatch.StartNew();
        do
        {
            if (Exited.IsCompleted)
                throw new UserErrorException($"{Name} ended with exit code {await Exited} before it was ready. {LastWords()}");
            if (await AnswersOkAsync(client, health, cancellationToken))
                return;
            if (clock.Elapsed > deadline)
                throw new UserErrorException($"{Name} was not ready at {health} within {deadline.TotalSeconds:0} s. {LastWords()}");
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Halts it until <see cref="Resume"/> (SIGSTOP).</summary>
    public void Pause()
    {
        if (!Exited.IsCompleted)
            Signals.Pause(Id);
    }

    /// <summary>Lets it go on (SIGCONT).</summary>
    public void Resume()
    {
        if (!Exited.IsCompleted)
            Signals.Resume(Id);
    }

    /// <summary>Ends it at once (SIGKILL) and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime, which is what was wanted.
        }
        await Exited;
    }

    /// <summary>Asks it to end (SIGTERM), waits, and kills it when the time is over.</summary>
    /// <param name="grace">How long it may take to end by itself.</param>
    /// <returns>The exit code, or null when it had to be killed.</returns>
    public async Task<int?> StopAsync(TimeSpan grace)
    {
        if (OperatingSystem.IsWindows())
            await KillAsync(); // there is no SIGTERM
        else if (!Exited.IsCompleted)
            Signals.Terminate(Id);
        try
        {
            return await Exited.WaitAsync(grace);
        }
        catch (TimeoutException)
        {
            await KillAsync();
            return null;
        }
    }

    /// <summary>Ends it: in order when it can, by force after 20 s.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(StopGraceAtDispose);
        _process.Dispose();
    }

    private static ProcessStartInfo Describe(ServerStart start)
    {
        // In a session of its own, Ctrl-C on the terminal reaches this program alone, which then ends its servers in their order.
        // setsid replaces itself by the server, so the process id is the server's.
        string[] command = CommandRunner.FindOnPath("setsid") is { } setsid
            ? [.. start.Through, setsid, DotnetHost.Path]
            : [.. start.Through, DotnetHost.Path];
        var info = new ProcessStartInfo(command[0])
        {
            WorkingDirectory = start.WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in command.Skip(1).Append(start.AssemblyPath).Concat(start.Arguments))
            info.ArgumentList.Add(argument);
        foreach (var name in info.Environment.Keys.ToArray())
        {
            if (start.DropInherited.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                info.Environment.Remove(name);
        }
        foreach (var (name, value) in start.Environment)
            info.Environment[name] = value;
        return info;
    }

    private static async Task<bool> AnswersOkAsync(HttpClient client, Uri health, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(health, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<int> ObserveExitAsync()
    {
        await _process.WaitForExitAsync();
        // The id may be given to another process from here on: the guard must not kill that one.
        _guard?.Disarm();
        _output.Dispose();
        return _process.ExitCode;
    }

    private string LastWords()
    {
        var lines = Tail;
        return lines.Count == 0 ? "It wrote nothing." : $"Its last lines:{Environment.NewLine}{string.Join(Environment.NewLine, lines.TakeLast(20))}";
    }
}
