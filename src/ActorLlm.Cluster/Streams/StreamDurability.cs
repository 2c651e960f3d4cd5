namespace ActorLlm.Cluster.Streams;

/// <summary>What of a reply that is being streamed is stored before it is shown.</summary>
public enum StreamDurability
{
    /// <summary>Nothing. When its worker is lost, the next attempt begins anew, and who was shown other words gets an error instead of their end.</summary>
    None,

    /// <summary>All of it, in pieces that are gathered for a tenth of a second: the next attempt goes on from what was shown, where the backend can.</summary>
    Batched,

    /// <summary>All of it, each piece as soon as it comes.</summary>
    EveryChunk,
}
