using System.Globalization;

namespace ActorLlm.Processes.Postgres;

/// <summary>The PostgreSQL server binaries installed on this machine.</summary>
/// <param name="Folder">The folder that holds <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c>.</param>
public sealed record PostgresBinaries(string Folder)
{
    /// <summary>What to tell a user on whose machine there are none.</summary>
    public const string HowToInstall =
        "install PostgreSQL 15 or newer (Debian and Ubuntu: apt-get install postgresql; Fedora: dnf install postgresql-server; macOS: brew install postgresql)";

    private static readonly string[] Needed = ["initdb", "pg_ctl", "postgres"];

    // Where the packages of Debian, Red Hat (PGDG) and Homebrew put each major version, outside of the PATH.
    private static readonly (string Parent, string Prefix, string Suffix)[] VersionedPlaces =
    [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql@", "bin"),
        ("/usr/local/opt", "postgresql@", "bin"),
    ];

    /// <summary>The path of one tool.</summary>
    public string Tool(string name) => Path.Combine(Folder, name);

    /// <summary>The newest version installed; where no versioned folder exists, the one on the PATH; else null.</summary>
    public static PostgresBinaries? Find()
    {
        var newest = VersionedPlaces
            .Where(place => Directory.Exists(place.Parent))
            .SelectMany(place => Directory.EnumerateDirectories(place.Parent, place.Prefix + "*")
                .Select(folder => (Version: MajorVersion(Path.GetFileName(folder), place.Prefix), Folder: Path.Combine(folder, place.Suffix))))
            .Where(found => found.Version > 0 && IsComplete(found.Folder))
            .OrderByDescending(found => found.Version)
            .Select(found => found.Folder)
            .FirstOrDefault();
        newest ??= FromPath();
        return newest is null ? null : new PostgresBinaries(newest);
    }

    private static int MajorVersion(string folder, string prefix) =>
        int.TryParse(folder[prefix.Length..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0;

    private static bool IsComplete(string folder) => Needed.All(tool => File.Exists(Path.Combine(folder, tool)));

    private static string? FromPath()
    {
        // A link on the PATH may stand beside none of the other tools: follow it to where it points.
        if (CommandRunner.FindOnPath("pg_ctl") is not { } found)
            return null;
        var target = new FileInfo(found).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? found;
        var folder = Path.GetDirectoryName(target)!;
        return IsComplete(folder) ? folder : null;
    }
}
