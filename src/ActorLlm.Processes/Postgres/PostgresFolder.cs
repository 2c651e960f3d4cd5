using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Processes.Postgres;

/// <summary>The folder of one private server: <c>data</c>, <c>server.log</c>, and the <c>password</c> that only its owner can read.</summary>
/// <param name="Root">The folder, as a full path.</param>
/// <param name="IsTemporary">Whether it is deleted with the server.</param>
public sealed record PostgresFolder(string Root, bool IsTemporary)
{
    // Where data goes when root's own folders keep the user postgres out.
    private const string SystemPlace = "/var/lib/actorllm";

    /// <summary>PostgreSQL's own data folder.</summary>
    public string Data => Path.Combine(Root, "data");

    /// <summary>What the server wrote.</summary>
    public string Log => Path.Combine(Root, "server.log");

    /// <summary>The file with the superuser's password.</summary>
    public string PasswordFile => Path.Combine(Root, "password");

    /// <summary>Where the password is until <c>initdb</c> has run to its end.</summary>
    public string PendingPasswordFile => PasswordFile + ".new";

    /// <summary>Whether <c>initdb</c> has run to its end here: the password gets its name only then.</summary>
    public bool IsInitialized => File.Exists(PasswordFile);

    /// <summary>Makes the folder and gives it to the server's account.</summary>
    /// <param name="options">The folder that the user named, or where a temporary one is made.</param>
    /// <param name="account">Who the server runs as.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UserErrorException">The account cannot write there, nor at the place for such cases.</exception>
    public static async Task<PostgresFolder> PrepareAsync(PrivatePostgresOptions options, PostgresAccount account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(account);
        if (options.DataFolder is null)
        {
            var temporary = new PostgresFolder(MakeTemporary(options.TemporaryBelow), IsTemporary: true);
            if (await account.TakeOverAsync(temporary.Root, cancellationToken))
                return temporary;
            Directory.Delete(temporary.Root, recursive: true);
            throw new UserErrorException($"The user postgres cannot write below {Path.GetDirectoryName(temporary.Root)}: set TMPDIR to a folder that it can enter, such as /tmp.");
        }

        var named = Path.GetFullPath(options.DataFolder);
        foreach (var root in new[] { named, Elsewhere(named) })
        {
            Directory.CreateDirectory(root);
            if (await account.TakeOverAsync(root, cancellationToken))
                return new PostgresFolder(root, IsTemporary: false);
        }
        throw new UserErrorException($"The user postgres cannot write to {named}: name a folder that it can enter, or run as another user than root.");
    }

    private static string MakeTemporary(string? below) => below is null
        ? Directory.CreateTempSubdirectory("actorllm-postgres-").FullName
        : Directory.CreateDirectory(Path.Combine(below, $"actorllm-postgres-{RandomNumberGenerator.GetHexString(6, lowercase: true)}")).FullName;

    private static string Elsewhere(string named) =>
        Path.Combine(SystemPlace, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(named)))[..12]);
}
