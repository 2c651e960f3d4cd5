using System.Globalization;

namespace ActorLlm.Chaos.Servers;

/// <summary>
/// The wall clock of one node, set apart from the machine's by libfaketime, which stands between the process and the C library. Only the wall
/// clock is touched, as when a clock is set: timers go on.
/// </summary>
internal sealed class NodeClock
{
    // For programs with several threads. Where Debian and Ubuntu, Fedora, and its own makefile put it.
    private const string Library = "libfaketimeMT.so.1";
    private static readonly string[] Parents = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];

    private readonly string _file;

    private NodeClock(string file) => _file = file;

    /// <summary>The variables that a process has this clock by.</summary>
    public Dictionary<string, string?> Environment => new()
    {
        ["LD_PRELOAD"] = Find(),
        ["FAKETIME_TIMESTAMP_FILE"] = _file,
        // Seconds. Without it the file would be read whenever the process asks for the time.
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>What keeps this machine from having such clocks, with what to do; null for nothing.</summary>
    public static string? Missing() =>
        !OperatingSystem.IsLinux() ? "clocks that can be set for one process (libfaketime on Linux)"
        : Find() is null ? $"the library {Library} (Debian and Ubuntu: apt-get install faketime)"
        : null;

    /// <summary>Makes a clock that is right.</summary>
    /// <param name="folder">Where it keeps its file.</param>
    public static NodeClock Make(string folder)
    {
        Directory.CreateDirectory(folder);
        var clock = new NodeClock(Path.Combine(folder, "clock"));
        clock.Set(TimeSpan.Zero);
        return clock;
    }

    /// <summary>Sets it; the process follows within about two seconds.</summary>
    /// <param name="offset">How far ahead of the machine's clock, in whole seconds; behind it when negative.</param>
    public void Set(TimeSpan offset)
    {
        // In one step: half a file would be another time.
        File.WriteAllText(_file + ".new", offset.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
        File.Move(_file + ".new", _file, overwrite: true);
    }

    private static string? Find() => Parents.Where(Directory.Exists)
        .SelectMany(parent => Directory.EnumerateDirectories(parent).Append(parent))
        .SelectMany(folder => new[] { Path.Combine(folder, Library), Path.Combine(folder, "faketime", Library) })
        .FirstOrDefault(File.Exists);
}
