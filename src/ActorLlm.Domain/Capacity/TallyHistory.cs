namespace ActorLlm.Domain.Capacity;

/// <summary>The tallies of one station of one node, as far back as the longest window of <see cref="Limits.CapacityWindows"/>.</summary>
public sealed class TallyHistory
{
    private readonly Queue<StationTally> _samples = new();
    private StationTally? _latest;
    private StationTally? _sampled;

    /// <summary>Takes the next tally. One that has counted for less time than the last is of a station that began anew.</summary>
    public void Add(StationTally tally)
    {
        ArgumentNullException.ThrowIfNull(tally);
        if (_latest is not null && tally.Seconds < _latest.Seconds)
        {
            _samples.Clear();
            _sampled = null;
        }

        _latest = tally;
        if (_sampled is not null && tally.Seconds - _sampled.Seconds < Limits.CapacitySampleInterval.TotalSeconds) return;
        _samples.Enqueue(_sampled = tally);
        while (_samples.Count > Limits.MaxCapacitySamples) _samples.Dequeue();
    }

    /// <summary>What happened in the last so many seconds, or since the first tally where that is less; null before the first.</summary>
    public StationReading? Over(TimeSpan window)
    {
        if (_latest is not { } latest) return null;
        // Half a sample of slack: a window of a minute is the twelve samples that make one, though one of them came late.
        var from = latest.Seconds - window.TotalSeconds - Limits.CapacitySampleInterval.TotalSeconds / 2;
        return StationReading.Between(_samples.FirstOrDefault(sample => sample.Seconds >= from) ?? latest, latest);
    }
}
