namespace ActorLlm.Processes.Postgres;

/// <summary>What a private server is started with.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>Where its data is kept between runs; null for a temporary folder that goes with the server.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Where a temporary folder is made: a folder that the server's account can enter. Null for the system's own place.</summary>
    public string? TemporaryBelow { get; init; }

    /// <summary>Connections at once, 10 to 10000; 300 by default, which is enough for nine nodes and for tests that run side by side.</summary>
    public int MaxConnections { get; init; } = 300;
}
