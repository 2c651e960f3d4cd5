using ActorLlm.Processes.Postgres;
using Xunit;

namespace ActorLlm.Testing;

/// <summary>
/// A test that stops and starts a PostgreSQL server of its own, which takes the installed binaries. On a machine that has Docker
/// only it is skipped with its reason; in CI, which installs them, it runs or fails.
/// </summary>
public sealed class PrivatePostgresFactAttribute : FactAttribute
{
    /// <summary>Looks for the binaries.</summary>
    public PrivatePostgresFactAttribute()
    {
        if (PostgresBinaries.Find() is null && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = $"Needs PostgreSQL's server binaries: {PostgresBinaries.HowToInstall}.";
    }
}
