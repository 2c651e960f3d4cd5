using System.Globalization;

namespace ActorLlm.Chaos.Servers;

/// <summary>
/// A file system of its own for the database, which can be filled without touching anything else. It does not outlive this program, however
/// this program ends.
/// </summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    // A sparse file takes up only what was written to it, so it can be large enough for an hour at 100 turns a second (about 2 GiB, and as
    // much again for the write-ahead log and its reserve) on any machine, and fsync goes to a real disk, which a tmpfs would spare us and
    // which would need that much memory.
    private const long Bytes = 8L << 30;
    private const string BallastName = "ballast";
    private static readonly string[] Tools = ["mkfs.ext4", "mount", "umount", "fallocate"];

    private readonly string _folder;
    private readonly OrphanGuard _guard;

    private SmallDisk(string folder)
    {
        _folder = folder;
        // The database's own guard stops it first, and until then the file system is busy.
        _guard = OrphanGuard.Arm(
            "n=0; while ! umount \"$1/disk\" && [ $n -lt 60 ]; do n=$((n + 1)); sleep 1; done; mountpoint -q \"$1/disk\" && umount -l \"$1/disk\"; rm -rf --one-file-system \"$1\"",
            folder);
    }

    /// <summary>Where it is mounted.</summary>
    public string Root => Path.Combine(_folder, "disk");

    private string Image => Path.Combine(_folder, "image");

    private string Ballast => Path.Combine(Root, BallastName);

    /// <summary>What keeps this machine from having such a disk, with what to do; null for nothing.</summary>
    public static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
            return "loop devices, which Linux alone has";
        if (!Environment.IsPrivilegedProcess)
            return "root, to mount a small disk for the database";
        if (!File.Exists("/dev/loop-control"))
            return "loop devices (/dev/loop-control; a container needs --privileged)";
        string[] missing = [.. Tools.Where(tool => CommandRunner.FindOnPath(tool) is null)];
        return missing.Length == 0 ? null : $"the program {string.Join(" and ", missing)} (Debian and Ubuntu: apt-get install e2fsprogs mount util-linux)";
    }

    /// <summary>Makes and mounts it.</summary>
    /// <exception cref="UserErrorException">The system refused one of the steps.</exception>
    public static async Task<SmallDisk> CreateAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("actorllm-disk-").FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("755", 8)); // the server's account must be able to enter
        var disk = new SmallDisk(folder);
        try
        {
            Directory.CreateDirectory(disk.Root);
            await using (var image = File.Create(disk.Image))
                image.SetLength(Bytes);
            // -m 0: nothing is kept back for root, else the disk would be full for the database alone and not for the ballast.
            await RunAsync(["mkfs.ext4", "-q", "-m", "0", disk.Image], cancellationToken);
            await RunAsync(["mount", "-o", "loop", disk.Image, disk.Root], cancellationToken);
            return disk;
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fills it to the last block.</summary>
    /// <exception cref="UserErrorException">It could not be filled.</exception>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        // Reserves more blocks than there are, gets all that there are, and fails: nothing has to be written, so it is done at once.
        await CommandRunner.RunAsync([Tool("fallocate"), "-l", Bytes.ToString(CultureInfo.InvariantCulture), Ballast], cancellationToken);
        if (new DriveInfo(Root).AvailableFreeSpace is > (1 << 20) and var left)
            throw new UserErrorException(string.Create(CultureInfo.InvariantCulture, $"the database's disk could not be filled: {left} bytes are left in {Root}."));
    }

    /// <summary>Gives the space back that <see cref="FillAsync"/> took; else nothing.</summary>
    public void Relieve() => File.Delete(Ballast);

    public async ValueTask DisposeAsync()
    {
        // Without looking at the outcome: after a start that was broken off it is not mounted.
        await CommandRunner.RunAsync([Tool("umount"), Root]);
        if ((await CommandRunner.RunAsync(["mountpoint", "-q", Root])).ExitCode == 0)
            await CommandRunner.RunAsync([Tool("umount"), "-l", Root]);
        File.Delete(Image);
        Directory.Delete(Root);
        Directory.Delete(_folder);
        _guard.Disarm();
    }

    private static async Task RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var result = await CommandRunner.RunAsync([Tool(command[0]), .. command.Skip(1)], cancellationToken);
        if (result.ExitCode != 0)
            throw new UserErrorException($"The database's small disk cannot be made: '{string.Join(' ', command)}' said: {result.Output}. Leave db-full out with --faults.");
    }

    private static string Tool(string name) => CommandRunner.FindOnPath(name) ?? name;
}
