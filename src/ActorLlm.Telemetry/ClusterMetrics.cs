using System.Diagnostics.Metrics;

namespace ActorLlm.Telemetry;

/// <summary>The cluster, its shards, and the database that they stand on.</summary>
internal static class ClusterMetrics
{
    private const string StaleWriter = "stale_writer";
    private const string DatabaseError = "database";

    private static readonly Gauge<int> MembersGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.cluster.members", "{node}", "Nodes of the cluster as this node sees them.");

    private static readonly Gauge<int> ShardsGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.shards", "{shard}", "Shards that live on this node.");

    private static readonly Gauge<int> ResidentGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.conversations.resident", "{conversation}", "Conversations in this node's memory.");

    private static readonly Counter<long> MovedShards = Sources.Meter.CreateCounter<long>(
        "actorllm.shards.moved", "{shard}", "Shards that came to this node or went from it.");

    private static readonly Gauge<int> UnfinishedGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.conversations.unfinished", "{conversation}", "Conversations with unfinished turns, as the coordinator reads the journal; 0 on every other node.");

    private static readonly Gauge<double> OldestGauge = Sources.Meter.CreateGauge<double>(
        "actorllm.conversations.unfinished.age", "s", "How long the coordinator has known the longest unfinished conversation; 0 on every other node.");

    private static readonly Histogram<double> WriteTime = Sources.Meter.CreateHistogram(
        "actorllm.journal.write.duration", "s", "Time of one write to the journal, commit included.", tags: null, Buckets.Short);

    private static readonly Histogram<long> BatchSize = Sources.Meter.CreateHistogram(
        "actorllm.journal.batch.size", "{row}", "Rows of one write to the journal.", tags: null, Buckets.Rows);

    private static readonly Counter<long> FailedWrites = Sources.Meter.CreateCounter<long>(
        "actorllm.journal.writes.failed", "{write}", "Writes to the journal that the database did not take.");

    private static readonly Gauge<int> ReachableGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.database.reachable", "{flag}", "1 while the database answers this node, else 0.");

    /// <summary>Whether anybody asks for the database, which is asked only then.</summary>
    public static bool DatabaseWanted => ReachableGauge.Enabled;

    /// <summary>Whether anybody asks for the shards, which are counted only then.</summary>
    public static bool ShardsWanted => ShardsGauge.Enabled || MovedShards.Enabled || ResidentGauge.Enabled;

    /// <summary>Whether anybody asks how long conversations have been unfinished.</summary>
    public static bool UnfinishedWanted => UnfinishedGauge.Enabled || OldestGauge.Enabled;

    /// <summary>Shows at zero what tells of trouble, as <see cref="TurnMetrics.ShowZeros"/> does.</summary>
    public static void ShowZeros()
    {
        FailedWrites.Add(0, new KeyValuePair<string, object?>(Names.ErrorType, DatabaseError));
        FailedWrites.Add(0, new KeyValuePair<string, object?>(Names.ErrorType, StaleWriter));
    }

    public static void Members(int up, int unreachable, int other)
    {
        MembersGauge.Record(up, new KeyValuePair<string, object?>(Names.State, "up"));
        MembersGauge.Record(unreachable, new KeyValuePair<string, object?>(Names.State, "unreachable"));
        MembersGauge.Record(other, new KeyValuePair<string, object?>(Names.State, "other"));
    }

    public static void Shards(int shards, int conversations, int gained, int lost)
    {
        ShardsGauge.Record(shards);
        ResidentGauge.Record(conversations);
        MovedShards.Add(gained, new KeyValuePair<string, object?>(Names.Direction, "gained"));
        MovedShards.Add(lost, new KeyValuePair<string, object?>(Names.Direction, "lost"));
    }

    public static void Unfinished(int conversations, TimeSpan oldest)
    {
        UnfinishedGauge.Record(conversations);
        OldestGauge.Record(oldest.TotalSeconds);
    }

    public static void Written(TimeSpan took, int rows)
    {
        WriteTime.Record(took.TotalSeconds);
        BatchSize.Record(rows);
    }

    public static void NotWritten(bool stale) =>
        FailedWrites.Add(1, new KeyValuePair<string, object?>(Names.ErrorType, stale ? StaleWriter : DatabaseError));

    public static void Database(bool reachable) => ReachableGauge.Record(reachable ? 1 : 0);
}
