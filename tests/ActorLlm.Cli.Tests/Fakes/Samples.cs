using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Tests.Fakes;

/// <summary>Pictures to be shown.</summary>
internal static class Samples
{
    public const string First = "10.0.0.1:4053";
    public const string Second = "10.0.0.2:4053";

    public static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    public static readonly View View = new(TimeZoneInfo.Utc, Noon.AddMinutes(1));

    public static readonly ClusterPicture Cluster = new(First, First, First,
    [
        new(First, "Up", true, ["conversation", "gateway", "worker"], "0.1.0", false),
        new(Second, "Up", false, ["worker"], "0.1.0", true),
    ]);

    /// <summary>A turn whose first worker was lost.</summary>
    public static readonly TurnLife Repeated = new(
        "default/demo", "turn-1", TurnState.Committed, Noon, Noon.AddHours(1), "simulator", First, 0,
        [
            new(1, AttemptState.WorkerLost, "no sign of life for 10 s", Second, "main", null, Noon.AddMilliseconds(12), Noon.AddMilliseconds(14), Noon.AddMilliseconds(320), Noon.AddSeconds(10.4), Noon.AddSeconds(10.4), null, null),
            new(2, AttemptState.Committed, "", First, "main", "simulator", Noon.AddSeconds(10.41), Noon.AddSeconds(10.411), Noon.AddSeconds(10.7), Noon.AddSeconds(12.5), null, 9, 32),
        ],
        Noon.AddMilliseconds(12_520), "stop", Noon.AddSeconds(12.6), null, "4bf92f3577b34da6a3ce929d0e0e4736");

    public static readonly DoctorReport Doctor = new(First, Noon,
    [
        new("journal index", Severity.Good, "the unique index is there", ""),
        new("versions", Severity.Warning, "two versions are mixed: 0.1.0, 0.2.0", "Finish the upgrade."),
    ]);
}
