using System.Diagnostics.Metrics;

namespace ActorLlm.Telemetry;

/// <summary>Where histograms cut, for exporters that ask. The first three are those of OpenTelemetry's GenAI conventions.</summary>
internal static class Buckets
{
    public static readonly InstrumentAdvice<double> Operation = Of(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);

    public static readonly InstrumentAdvice<long> Tokens = Of<long>(1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864);

    public static readonly InstrumentAdvice<double> PerToken = Of(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5);

    public static readonly InstrumentAdvice<double> FirstToken =
        Of(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);

    /// <summary>What takes milliseconds when all is well, and seconds when it is not.</summary>
    public static readonly InstrumentAdvice<double> Short = Of(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30);

    /// <summary>What may wait behind other work.</summary>
    public static readonly InstrumentAdvice<double> Long = Of(0.01, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1800);

    public static readonly InstrumentAdvice<long> Rows = Of<long>(1, 2, 4, 8, 16, 32, 64, 128, 256, 512);

    private static InstrumentAdvice<double> Of(params double[] boundaries) => Of<double>(boundaries);

    private static InstrumentAdvice<T> Of<T>(params T[] boundaries) where T : struct => new() { HistogramBucketBoundaries = boundaries };
}
