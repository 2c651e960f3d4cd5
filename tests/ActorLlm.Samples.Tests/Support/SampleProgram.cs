using System.Collections.Concurrent;
using ActorLlm.Processes;

namespace ActorLlm.Samples.Tests;

/// <summary>A sample in a process of its own, with nothing from the tests' environment that would choose another model.</summary>
internal sealed class SampleProgram : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ServerProcess _process;

    private SampleProgram(string name, string workingFolder, Action<string>? onLine, IReadOnlyDictionary<string, string?> environment, string[] arguments) =>
        _process = ServerProcess.Start(new ServerStart(name, Path.Combine(FolderOf(name), name + ".dll"), arguments, workingFolder)
        {
            DropInherited = ["ActorLlm__", "OPENAI_", "DOTNET_ENVIRONMENT"],
            Environment = environment,
            OnLine = line =>
            {
                _lines.Enqueue(line);
                onLine?.Invoke(line);
            },
        });

    /// <summary>All that it wrote.</summary>
    public string[] Lines => [.. _lines];

    /// <summary>Where a sample was built; its files lie beside it.</summary>
    public static string FolderOf(string name)
    {
        // The output folder ends in bin/<configuration>/<framework>, for the sample as for these tests.
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(Root, "samples", name, "bin", here.Parent!.Name, here.Name);
    }

    /// <summary>The top of the source tree.</summary>
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "ActorLlm.sln"))) folder = folder.Parent ?? throw new DirectoryNotFoundException("There is no ActorLlm.sln above.");
            return folder.FullName;
        }
    }

    /// <summary>A file that comes with a sample.</summary>
    public static string FileOf(string name, string file) => Path.Combine(FolderOf(name), file);

    public static SampleProgram Start(
        string name, Folder workingFolder, Action<string>? onLine, IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        new(name, workingFolder.FullName, onLine, environment, arguments);

    /// <summary>Runs a sample to its end, which must be a good one.</summary>
    /// <returns>All that it wrote.</returns>
    public static async Task<string[]> RunAsync(string name, Folder workingFolder, params string[] arguments)
    {
        await using var program = Start(name, workingFolder, onLine: null, new Dictionary<string, string?>(), arguments);
        return await program.EndAsync();
    }

    /// <summary>Waits for the program's own end, which must be a good one.</summary>
    public async Task<string[]> EndAsync()
    {
        var exit = await _process.Exited.WaitAsync(Deadline);
        Assert.True(exit == 0, $"It ended with {exit}: {string.Join('\n', Lines)}");
        return Lines;
    }

    /// <summary>kill -9.</summary>
    public Task KillAsync() => _process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        await _process.KillAsync();
        await _process.DisposeAsync();
    }
}
