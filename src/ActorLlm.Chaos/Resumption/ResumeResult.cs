using ActorLlm.Chaos.Reporting;

namespace ActorLlm.Chaos.Resumption;

/// <summary>How one stream of a round ended.</summary>
/// <param name="Role">What was killed under it.</param>
/// <param name="Key">The turn's key.</param>
/// <param name="Cut">Whether the killed node had it.</param>
/// <param name="Resumed">Whether its client came back with a Last-Event-ID.</param>
/// <param name="Gap">From the kill to the next text.</param>
/// <param name="Mismatch">What was wrong; null for nothing.</param>
internal sealed record StreamOutcome(LostRole Role, string Key, bool Cut, bool Resumed, TimeSpan? Gap, string? Mismatch);

/// <summary>What came of a run.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Kills">How many nodes of each role were killed.</param>
/// <param name="Streams">All streams.</param>
/// <param name="Took">The time of all rounds.</param>
internal sealed record ResumeResult(ResumeOptions Options, IReadOnlyDictionary<LostRole, int> Kills, IReadOnlyList<StreamOutcome> Streams, TimeSpan Took)
{
    /// <summary>Cut streams whose clients came back, for one role.</summary>
    public int Resumed(LostRole role) => Streams.Count(stream => stream.Role == role && stream is { Cut: true, Resumed: true });

    public IEnumerable<StreamOutcome> Mismatches => Streams.Where(stream => stream.Mismatch is not null);

    public bool IsComplete => Enum.GetValues<LostRole>().All(role => Resumed(role) >= Options.Times);

    public bool Passed => IsComplete && !Mismatches.Any();

    public Spread Gaps(LostRole role) => new(Streams.Where(stream => stream.Role == role && stream is { Cut: true, Gap: not null }).Select(stream => stream.Gap!.Value));
}
