using System.Collections.Immutable;

namespace ActorLlm.Domain.Routing;

/// <summary>Asks a node how it stands.</summary>
public sealed record GetNodeStanding
{
    /// <summary>The only instance.</summary>
    public static GetNodeStanding Instance { get; } = new();
}

/// <summary>Has a node's worker take no new attempts and its readiness say so, until <see cref="ResumeNode"/>; may be sent any number of times.</summary>
public sealed record DrainNode
{
    /// <summary>The only instance.</summary>
    public static DrainNode Instance { get; } = new();
}

/// <summary>Takes <see cref="DrainNode"/> back.</summary>
public sealed record ResumeNode
{
    /// <summary>The only instance.</summary>
    public static ResumeNode Instance { get; } = new();
}

/// <summary>How a node stands: the answer to the questions and orders above.</summary>
/// <param name="Time">Its clock.</param>
/// <param name="Held">Attempts that its worker holds; 0 where it has none.</param>
/// <param name="Draining">Whether it takes no new ones.</param>
public sealed record NodeStanding(DateTimeOffset Time, int Held, bool Draining);

/// <summary>Asks the coordinator which conversations are unfinished.</summary>
public sealed record GetUnfinished
{
    /// <summary>The only instance.</summary>
    public static GetUnfinished Instance { get; } = new();
}

/// <summary>The unfinished conversations.</summary>
/// <param name="Conversations">How many there are.</param>
/// <param name="Since">Where in the journal the unfinished stretches of the oldest ones began, at most <see cref="Limits.MaxUnfinishedListed"/>, in rising order.</param>
public sealed record UnfinishedList(int Conversations, ImmutableArray<long> Since);

/// <summary>Asks the coordinator which conversations may wait for an approval.</summary>
public sealed record GetAsking
{
    /// <summary>The only instance.</summary>
    public static GetAsking Instance { get; } = new();
}

/// <summary>The conversations in which an approval was asked for since they are unfinished: each knows whether it still waits.</summary>
/// <param name="Conversations">Their ids, <c>tenant/name</c>, those first that are unfinished longest; at most <see cref="Limits.MaxApprovalsListed"/>.</param>
public sealed record AskingList(ImmutableArray<string> Conversations);
