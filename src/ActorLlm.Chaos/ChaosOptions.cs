using ActorLlm.Chaos.Faults;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos;

/// <summary>What a run is asked for.</summary>
internal sealed record ChaosOptions
{
    public const double MinMinutes = 0.1;
    public const double MaxMinutes = 24 * 60;
    public const int MaxConversations = 5000;
    public const int MinNodes = 3;
    public const int MaxNodes = 9;

    /// <summary>How long faults are injected. The start before it and the check after it come on top.</summary>
    public double Minutes { get; init; } = 5;

    /// <summary>Decides what happens when, and what the clients ask. Where threads and processes meet, runs differ all the same.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many nodes, <see cref="MinNodes"/> to <see cref="MaxNodes"/>.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>Conversations under way at once, 10 to <see cref="MaxConversations"/>.</summary>
    public int Conversations { get; init; } = 200;

    /// <summary>The faults asked for by name; null for all that this machine can inject.</summary>
    public IReadOnlyList<FaultKind>? Faults { get; init; }

    /// <summary>How they were asked for.</summary>
    public string FaultWords { get; init; } = "";

    /// <summary>Where the report is written; null for the console only.</summary>
    public string? ReportFile { get; init; }

    /// <summary>The file that a line about the run is added to; null for none.</summary>
    public string? LedgerFile { get; init; }

    /// <summary>
    /// The assembly of another version of the node, as which the nodes begin: each restart in turn makes them this version, and the next one the other
    /// again. Null for this version alone.
    /// </summary>
    public string? From { get; init; }

    /// <summary>The cluster to run against; null for one that is started for the run.</summary>
    public GivenClusterOptions? Cluster { get; init; }

    /// <summary>Whether the nodes' logs, and all that the journal and the clients say, are kept also when nothing is wrong.</summary>
    public bool Keep { get; init; }

    // The connection string has a password in it, and the key is one.
    private string Servers => Cluster is { } cluster
        ? $" --cluster {string.Join(',', cluster.Nodes)} --postgres ...{(cluster.ApiKey is null ? "" : " --api-key ...")}{(cluster.Model is { } model ? $" --model {model}" : "")}{(cluster.FaultCommand is { } program ? $" --fault-command {program}" : "")}"
        : Nodes == MinNodes ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $" --nodes {Nodes}");

    /// <summary>The command line that asks for the same run.</summary>
    public string CommandLine => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"actorllm chaos --minutes {Minutes} --seed {Seed} --conversations {Conversations}{Servers}{(Faults is null ? "" : $" --faults {FaultWords}")}{(From is null ? "" : " --from ...")}");
}
