namespace ActorLlm.Domain.Recovery;

/// <summary>Where a new reader of the journal starts: see <see cref="UnfinishedIndex.Watermark"/>.</summary>
public sealed record Watermark(long Ordering);
