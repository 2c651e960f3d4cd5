namespace ActorLlm.Cli.Up;

/// <summary>
/// Tells which of a node's lines to show: warnings and worse, as .NET's console logger and Akka.NET's own write them, where a line
/// that names the level may be followed by indented lines that belong to it.
/// </summary>
public sealed class WarningFilter
{
    private static readonly string[] Shown = ["warn:", "fail:", "crit:", "[WARNING]", "[ERROR]"];
    private static readonly string[] Hidden = ["trce:", "dbug:", "info:", "[DEBUG]", "[INFO]"];

    // What comes before the first level is not from the logger: an error of the runtime or of the start, one line each.
    private bool _showing = true;

    /// <summary>Whether to show the line. Lines of one node, in their order.</summary>
    public bool IsShown(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (Shown.Any(level => line.StartsWith(level, StringComparison.Ordinal)))
            _showing = true;
        else if (Hidden.Any(level => line.StartsWith(level, StringComparison.Ordinal)))
            _showing = false;
        else if (!line.StartsWith(' '))
            _showing = true;
        return _showing && line.Length > 0;
    }
}
