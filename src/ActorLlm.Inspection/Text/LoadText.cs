namespace ActorLlm.Inspection.Text;

/// <summary>Workers and shards as tables: what each node carries.</summary>
public static class LoadText
{
    /// <summary>The workers, with a row for each backend that one calls.</summary>
    public static Page Of(WorkersPicture workers, View view)
    {
        ArgumentNullException.ThrowIfNull(workers);
        ArgumentNullException.ThrowIfNull(view);
        if (workers.Workers.Count == 0)
            return new Page(TextLine.Of("There is no worker: turns are accepted and wait until a node with the role worker joins.", Tone.Warning));
        var table = new Table(
            new Column("NODE"), new Column("IN FLIGHT", Right: true), new Column("CAPACITY", Right: true), new Column("LATENCY", Right: true),
            new Column("BACKEND"), new Column("HEALTH", Shrinks: true));
        foreach (var worker in workers.Workers)
        {
            TextRun[] load =
            [
                TextRun.Of(worker.Node), new($"{worker.InFlight}"),
                worker.Capacity == 0 ? new("takes none", Tone.Warning) : new($"{worker.Capacity}"),
                new(worker.LatencyMs == 0 ? "-" : Times.Duration(TimeSpan.FromMilliseconds(worker.LatencyMs))),
            ];
            if (worker.Backends.Count == 0) table.Add([.. load, new("-"), new("")]);
            for (var index = 0; index < worker.Backends.Count; index++)
                table.Add([.. index == 0 ? load : [new(""), new(""), new(""), new("")], TextRun.Of(worker.Backends[index].Backend), Health(worker.Backends[index])]);
        }

        return new Page(table.Lines(view.Width));
    }

    /// <summary>How many shards and conversations each node has, and what moved.</summary>
    /// <param name="shards">The shards.</param>
    /// <param name="view">How it is to be shown.</param>
    /// <param name="each">Whether each shard has a row of its own.</param>
    public static Page Of(ShardsPicture shards, View view, bool each = false)
    {
        ArgumentNullException.ThrowIfNull(shards);
        ArgumentNullException.ThrowIfNull(view);
        var homes = shards.Regions.Sum(region => region.Shards.Count);
        var lines = new List<TextLine>
        {
            TextLine.Of($"{homes} of {shards.Shards} shards have a home, with {Count(shards.Regions.Sum(Conversations), "conversation")} in memory"),
            TextLine.Empty,
        };
        lines.AddRange((each ? EachShard(shards) : EachNode(shards)).Lines(view.Width));
        if (shards.Moves.Count > 0)
        {
            lines.Add(TextLine.Empty);
            lines.AddRange(Moves(shards, view).Lines(view.Width));
        }

        return new Page(lines);
    }

    private static TextRun Health(BackendPicture backend) => backend.FailuresInARow switch
    {
        0 => new("good", Tone.Good),
        1 => TextRun.Of($"failed once: {backend.LastError}", Tone.Warning),
        var failures => TextRun.Of($"{failures} failures in a row: {backend.LastError}", Tone.Bad),
    };

    private static Table EachNode(ShardsPicture shards)
    {
        var table = new Table(new Column("NODE"), new Column("SHARDS", Right: true), new Column("CONVERSATIONS", Right: true));
        foreach (var region in shards.Regions)
            table.Add(TextRun.Of(region.Node), new TextRun($"{region.Shards.Count}"), new TextRun($"{Conversations(region)}"));
        foreach (var node in shards.Silent) table.Add(TextRun.Of(node), new TextRun("no answer", Tone.Bad), new TextRun("?"));
        return table;
    }

    private static Table EachShard(ShardsPicture shards)
    {
        var table = new Table(new Column("SHARD", Right: true), new Column("NODE"), new Column("CONVERSATIONS", Right: true));
        foreach (var (region, shard) in shards.Regions.SelectMany(region => region.Shards, (region, shard) => (region, shard)).OrderBy(pair => pair.shard.Shard))
            table.Add(new TextRun($"{shard.Shard}"), TextRun.Of(region.Node), new TextRun($"{shard.Conversations}"));
        foreach (var node in shards.Silent) table.Add(new TextRun("?"), TextRun.Of(node), new TextRun("no answer", Tone.Bad));
        return table;
    }

    private static Table Moves(ShardsPicture shards, View view)
    {
        var table = new Table(new Column($"MOVED AT ({Times.Zone(view)})"), new Column("SHARD", Right: true), new Column("FROM"), new Column("TO"));
        foreach (var move in shards.Moves)
            table.Add(new TextRun(Times.Seconds(move.At, view.Zone)), new TextRun($"{move.Shard}"), TextRun.Of(move.From ?? "-"), TextRun.Of(move.To));
        return table;
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static int Conversations(RegionPicture region) => region.Shards.Sum(shard => shard.Conversations);
}
