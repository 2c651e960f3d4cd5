using ActorLlm.Processes;

namespace ActorLlm.Testing;

/// <summary>A program of the product in a process of its own, with an HTTP face on loopback, in an empty temporary folder.</summary>
public abstract class ProductProcess : IAsyncDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Starts it and does not wait for it.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="assembly">Its assembly.</param>
    /// <param name="httpPort">Where to listen; null for a free port.</param>
    /// <param name="complete">Adds to how it is started.</param>
    private protected ProductProcess(string name, string assembly, int? httpPort, Func<ServerStart, ServerStart> complete)
    {
        Address = new Uri($"http://127.0.0.1:{httpPort ?? LoopbackPorts.Free()[0]}/");
        Process = ServerProcess.Start(complete(new ServerStart(
            name, ProductAssembly.Find(assembly), ["--urls", Address.GetLeftPart(UriPartial.Authority)], _folder.FullName)));
    }

    /// <summary>Where its HTTP face listens, for example <c>http://127.0.0.1:41234/</c>.</summary>
    public Uri Address { get; }

    /// <summary>The process id.</summary>
    public int Id => Process.Id;

    /// <summary>Its last lines of output, at most 200.</summary>
    public IReadOnlyList<string> Output => Process.Tail;

    private protected ServerProcess Process { get; }

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <summary>Kills it if it still runs, and deletes its folder. Stop it first where the way it ends matters.</summary>
    public async ValueTask DisposeAsync()
    {
        await Process.KillAsync();
        await Process.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits until a path of its HTTP face answers 200.</summary>
    /// <exception cref="Processes.UserErrorException">It ended or did not answer in time; the message carries its last lines.</exception>
    private protected Task WaitHealthyAsync(string path, TimeSpan deadline) => Process.WaitHealthyAsync(new Uri(Address, path), deadline);

    /// <summary>Gives a process once it is ready, and disposes of one that is not.</summary>
    private protected static async Task<T> OnceAsync<T>(T process, Func<T, Task> ready) where T : ProductProcess
    {
        try
        {
            await ready(process);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
