using System.Globalization;

namespace ActorLlm.Chaos.Reporting;

/// <summary>How a set of durations is spread.</summary>
internal sealed class Spread(IEnumerable<TimeSpan> durations)
{
    private readonly double[] _sorted = [.. durations.Select(duration => duration.TotalSeconds).Order()];

    public int Count => _sorted.Length;

    /// <summary>The smallest value that at least this share of all values does not exceed (nearest rank); 0 of nothing.</summary>
    /// <param name="share">Above 0, at most 1.</param>
    public double Percentile(double share) => _sorted.Length == 0 ? 0 : _sorted[(int)Math.Ceiling(share * _sorted.Length) - 1];

    /// <summary>Cells of a table: count, p50, p99, max, in seconds.</summary>
    public string Cells() =>
        string.Create(CultureInfo.InvariantCulture, $"{Count} | {Percentile(0.5):0.0} | {Percentile(0.99):0.0} | {Percentile(1):0.0}");
}
