using ActorLlm.Processes;

namespace ActorLlm.Node.Tests;

/// <summary>A test with a real Prometheus. Where it is not installed the test is skipped; in CI, which installs it, it runs or fails.</summary>
public sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute()
    {
        if ((CommandRunner.FindOnPath("prometheus") is null || CommandRunner.FindOnPath("promtool") is null) && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = "Needs prometheus and promtool, for example: apt-get install prometheus.";
    }
}
