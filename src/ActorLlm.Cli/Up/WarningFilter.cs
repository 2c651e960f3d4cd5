using System.Text.RegularExpressions;

namespace ActorLlm.Cli.Up;

/// <summary>
/// Tells which of a node's lines to show: warnings and worse, as .NET's console logger writes them, with or without the time of day,
/// where a line that names the level may be followed by indented lines that belong to it.
/// </summary>
public sealed partial class WarningFilter
{
    // What comes before the first level is not from the logger: an error of the runtime or of the start, one line each.
    private bool _showing = true;

    /// <summary>Whether to show the line. Lines of one node, in their order.</summary>
    public bool IsShown(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        var level = Level().Match(line);
        if (level.Success)
            _showing = level.Groups["shown"].Success;
        else if (!line.StartsWith(' '))
            _showing = true;
        return _showing && line.Length > 0;
    }

    [GeneratedRegex(@"^(\d\d:\d\d:\d\d\S* )?((?<shown>warn|fail|crit)|trce|dbug|info): ", RegexOptions.ExplicitCapture)]
    private static partial Regex Level();
}
