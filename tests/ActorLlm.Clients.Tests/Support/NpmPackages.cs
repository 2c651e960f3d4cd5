using ActorLlm.Processes;

namespace ActorLlm.Clients.Tests.Support;

/// <summary>The packages that <c>npm/package-lock.json</c> names.</summary>
internal static class NpmPackages
{
    /// <summary>The folder with the programs, in the source tree: what npm installs there stays for the next run.</summary>
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "npm"));

    private static readonly Lazy<Task> Installed = new(InstallOnceAsync);

    /// <summary>Installs them where they are not, or where the lock file changed since: the only thing here that needs a registry.</summary>
    /// <exception cref="UserErrorException">Node.js is missing, or npm failed; the message says what to do.</exception>
    public static Task InstallAsync() => Installed.Value;

    private static async Task InstallOnceAsync()
    {
        await NodeJs.CheckAsync();
        // npm writes it when it has installed everything.
        var installed = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
            return;
        var result = await CommandRunner.RunAsync(["npm", "ci", "--prefix", Folder, "--no-audit", "--no-fund", "--loglevel=error"]);
        if (result.ExitCode != 0)
            throw new UserErrorException($"'npm ci' failed in {Folder}; it needs a registry in reach. It wrote:\n{result.Output}");
    }
}
