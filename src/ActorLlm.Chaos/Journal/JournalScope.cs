namespace ActorLlm.Chaos.Journal;

/// <summary>What of a journal belongs to a run.</summary>
/// <param name="Prefix">How the names of its conversations begin; empty for all of them.</param>
/// <param name="Since">Rows inserted up to this one are older than the run.</param>
internal sealed record JournalScope(string Prefix, long Since)
{
    /// <summary>All of a journal that the run has for itself.</summary>
    public static JournalScope All { get; } = new("", 0);
}
