namespace ActorLlm.Chaos.Servers;

/// <summary>A cluster that was there before the run, as the command line describes it.</summary>
/// <param name="Nodes">Where its nodes take requests, at least one.</param>
/// <param name="Postgres">Npgsql's connection string to their database.</param>
internal sealed record GivenClusterOptions(IReadOnlyList<Uri> Nodes, string Postgres)
{
    /// <summary>The key that requests bring; null for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The model to name in requests; null for the cluster's default.</summary>
    public string? Model { get; init; }

    /// <summary>The full path of the user's program that injects and heals; null for none.</summary>
    public string? FaultCommand { get; init; }
}
