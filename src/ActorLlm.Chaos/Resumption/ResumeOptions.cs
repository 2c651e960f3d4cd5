using System.Globalization;

namespace ActorLlm.Chaos.Resumption;

/// <summary>What a run is asked for.</summary>
internal sealed record ResumeOptions
{
    public const int MaxTimes = 100_000;

    /// <summary>How many cut streams must be resumed for each role lost, 1 to <see cref="MaxTimes"/>.</summary>
    public int Times { get; init; } = 200;

    /// <summary>Decides which node is killed when, and which clients hang up. Threads and processes make runs of one seed differ all the same.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Where the report is written; null for the console only.</summary>
    public string? ReportFile { get; init; }

    /// <summary>The command line that asks for the same run.</summary>
    public string CommandLine => string.Create(CultureInfo.InvariantCulture, $"actorllm resume --times {Times} --seed {Seed}");
}

/// <summary>What a stream loses: a node that has this role and no other.</summary>
internal enum LostRole
{
    /// <summary>The node that it is read from.</summary>
    Gateway,

    /// <summary>The node that calls the model.</summary>
    Worker,

    /// <summary>The node that holds its conversation.</summary>
    Conversation,
}
