using ActorLlm.Processes;

namespace ActorLlm.Clients.Tests.Support;

/// <summary>Node.js, which runs the clients from npm.</summary>
internal static class NodeJs
{
    private const int OldestMajor = 18;

    private const string HowToInstall = "install Node.js 18 or later and npm (Debian and Ubuntu: apt-get install nodejs npm; Fedora: dnf install nodejs npm; macOS: brew install node)";

    /// <summary>What to tell a user on whose machine it is missing; null when it is there.</summary>
    public static string? Missing => CommandRunner.FindOnPath("node") is null || CommandRunner.FindOnPath("npm") is null
        ? $"Needs Node.js and npm: {HowToInstall}."
        : null;

    /// <exception cref="UserErrorException">It is missing or too old; the message says what to install.</exception>
    public static async Task CheckAsync()
    {
        if (Missing is { } missing)
            throw new UserErrorException(missing);
        var version = (await CommandRunner.RunAsync(["node", "--version"])).Output;
        if (!int.TryParse(version.TrimStart('v').Split('.')[0], out var major) || major < OldestMajor)
            throw new UserErrorException($"'node --version' says '{version}', which is too old: {HowToInstall}.");
    }
}

/// <summary>
/// A test of clients that run on Node.js. Where that is missing it is skipped with what to install; in CI, which installs it, it runs or fails.
/// </summary>
public sealed class NpmFactAttribute : FactAttribute
{
    public NpmFactAttribute() => Skip = NpmTheoryAttribute.Reason;
}

/// <inheritdoc cref="NpmFactAttribute"/>
public sealed class NpmTheoryAttribute : TheoryAttribute
{
    public NpmTheoryAttribute() => Skip = Reason;

    internal static string? Reason => Environment.GetEnvironmentVariable("CI") == "true" ? null : NodeJs.Missing;
}
