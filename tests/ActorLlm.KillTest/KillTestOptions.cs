namespace ActorLlm.KillTest;

/// <summary>What a run is asked for.</summary>
internal sealed record KillTestOptions
{
    public const double MinMinutes = 0.1;
    public const double MaxMinutes = 24 * 60;
    public const int MaxConversations = 5000;

    /// <summary>How long nodes are killed. The start before it and the check after it come on top.</summary>
    public double Minutes { get; init; } = 1;

    /// <summary>Decides who is killed when, and what the clients ask. Where threads and processes meet, runs differ all the same.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Conversations under way at once, 10 to <see cref="MaxConversations"/>.</summary>
    public int Conversations { get; init; } = 200;

    /// <summary>Where the report is written; null for the console only.</summary>
    public string? ReportFile { get; init; }

    /// <summary>Whether the nodes' logs, and all that the journal and the clients say, are kept also when nothing is wrong.</summary>
    public bool Keep { get; init; }
}
