using System.Diagnostics.Metrics;

namespace ActorLlm.Telemetry;

/// <summary>The autoscale signal, told by the coordinator.</summary>
internal static class CapacityMetrics
{
    private static readonly Gauge<int> WantedGauge = Sources.Meter.CreateGauge<int>(
        "actorllm.capacity.wanted", "{attempt}", "Places of workers that the whole cluster needs to keep to its target for the wait, as the coordinator reckons; 0 on every other node.");

    /// <summary>Whether anybody asks: it is reckoned only then.</summary>
    public static bool IsWanted => WantedGauge.Enabled;

    public static void Wanted(int places) => WantedGauge.Record(places);
}
