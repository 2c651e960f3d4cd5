
namespace ActorLlm.Processes.Postgres;

/// <summary>
/// The account that a private server runs under: the current one, or <c>postgres</c> when this process is root, as PostgreSQL
/// refuses to run as root.
/// </summary>
public sealed class PostgresAccount
{
    private const string ServerUser = "postgres";

    private readonly string[] _prefix;

    private PostgresAccount(string[] prefix) => _prefix = prefix;

    /// <summary>Whether the server runs as another user than this process.</summary>
    public bool IsOther => _prefix.Length > 0;

    /// <summary>Chooses the account.</summary>
    /// <exception cref="UserErrorException">This process is root and there is no way to become <c>postgres</c>.</exception>
    public static async Task<PostgresAccount> ChooseAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return new PostgresAccount([]);
        if ((await CommandRunner.RunAsync(["id", "-u", ServerUser], cancellationToken)).ExitCode != 0)
            throw new UserErrorException($"PostgreSQL refuses to run as root, and there is no user '{ServerUser}': run as another user, or add it (useradd --system {ServerUser}).");
        if (CommandRunner.FindOnPath("setpriv") is { } setpriv)
            return new PostgresAccount([setpriv, $"--reuid={ServerUser}", $"--regid={ServerUser}", "--init-groups", "--"]);
        if (CommandRunner.FindOnPath("runuser") is { } runuser)
            return new PostgresAccount([runuser, "-u", ServerUser, "--"]);
        throw new UserErrorException("PostgreSQL refuses to run as root, and neither setpriv nor runuser is there to become another user: run as another user, or install util-linux.");
    }

    /// <summary>The command as this account has to run it.</summary>
    public string[] Command(params IEnumerable<string> command) => [.. _prefix, .. command];

    /// <summary>Gives the folder and all in it to this account, closed to everyone else.</summary>
    /// <returns>Whether the account can write there: a parent folder may keep it out.</returns>
    public async Task<bool> TakeOverAsync(string folder, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!IsOther)
            return true;
        await CommandRunner.RunAsync(["chown", "-R", $"{ServerUser}:", folder], cancellationToken);
        return (await CommandRunner.RunAsync(Command("test", "-w", folder), cancellationToken)).ExitCode == 0;
    }
}
