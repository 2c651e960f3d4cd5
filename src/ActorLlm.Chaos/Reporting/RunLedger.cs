using System.Globalization;
using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;

namespace ActorLlm.Chaos.Reporting;

/// <summary>The file that gathers runs over time: one line each, only ever added to, those that failed too.</summary>
internal sealed class RunLedger
{
    private const string Header =
        "date,commit,seed,minutes,nodes,at_once,verdict,turns,conversations,accepted,committed,lost,duplicated,reordered,unexpected,stale,"
        + "failover_p50_s,failover_p99_s,healing_s,calls_per_reply,faults";

    private static readonly int Columns = Header.Split(',').Length;

    private readonly string _file;

    private RunLedger(string file) => _file = file;

    /// <summary>Looks at the file before a run begins, so that a run is not made in vain.</summary>
    /// <exception cref="UserErrorException">It is there and is no such ledger; nothing is written.</exception>
    public static RunLedger Open(string file)
    {
        if (!File.Exists(file))
        {
            if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder && !Directory.Exists(folder))
                throw new UserErrorException($"The folder of --ledger {file} is not there: make it, or name another file.");
            return new RunLedger(file);
        }
        var text = File.ReadAllText(file);
        var lines = text.Split('\n');
        if (lines[0] != Header)
            throw Corrupt(file, 1, "it is not the heading of a ledger of this version");
        if (!text.EndsWith('\n'))
            throw Corrupt(file, lines.Length, "it breaks off");
        for (var number = 2; number < lines.Length; number++)
        {
            if (Problem(lines[number - 1].Split(',')) is { } problem)
                throw Corrupt(file, number, problem);
        }
        return new RunLedger(file);
    }

    /// <summary>Adds the line of a run.</summary>
    /// <exception cref="UserErrorException">The file has become corrupt meanwhile; nothing is written.</exception>
    public async Task AddAsync(ChaosResult result, DateTimeOffset now)
    {
        Open(_file);
        var line = Line(result, now);
        await File.AppendAllTextAsync(_file, File.Exists(_file) ? line : Header + "\n" + line);
    }

    private static string Line(ChaosResult result, DateTimeOffset now)
    {
        var (options, verdict, clients) = (result.Options, result.Verdict, result.Clients);
        var kills = result.Failover.OfHit(clients.Faults.Where(fault => fault.Kind is "kill" or "kill-oldest"));
        var committed = result.Count(EventKind.Committed);
        object[] values =
        [
            now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), Report.Commit(), options.Seed, options.Minutes, options.Nodes,
            options.Conversations, !verdict.Holds ? "broken" : result.Passed ? "held" : "incomplete",
            clients.Turns.Count, clients.Turns.DistinctBy(turn => turn.Conversation).Count(), result.Count(EventKind.Accepted), committed,
            verdict.Count(ViolationKind.Lost), verdict.Count(ViolationKind.Duplicated), verdict.Count(ViolationKind.Reordered),
            verdict.Count(ViolationKind.Unexpected), verdict.Count(ViolationKind.Stale),
            Rounded(kills.Percentile(0.5)), Rounded(kills.Percentile(0.99)), Rounded(result.Healing.TotalSeconds),
            Rounded((double)(result.Servers.Calls?.Started ?? 0) / Math.Max(1, committed)),
            string.Join(' ', clients.Faults.CountBy(fault => fault.Kind).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Key}:{kind.Value}")),
        ];
        return string.Join(',', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))) + "\n";
    }

    private static double Rounded(double value) => Math.Round(value, 3);

    private static string? Problem(string[] cells)
    {
        if (cells.Length != Columns)
            return $"it has {cells.Length} columns instead of {Columns}";
        if (!DateTimeOffset.TryParse(cells[0], CultureInfo.InvariantCulture, out _))
            return $"'{cells[0]}' is no date";
        // All but the date, the commit, the verdict and the faults are numbers.
        var text = cells.Where((cell, column) => column is not (0 or 1 or 6) && column != Columns - 1)
            .FirstOrDefault(cell => !double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || number < 0);
        return text is null ? null : $"'{text}' is no number";
    }

    private static UserErrorException Corrupt(string file, int line, string problem) =>
        new($"The ledger {file} is corrupt at line {line}: {problem}. Nothing was written: repair it, or name another file with --ledger.");
}
