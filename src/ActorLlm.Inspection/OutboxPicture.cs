namespace ActorLlm.Inspection;

/// <summary>Replies that are owed to a queue or a URL, the oldest first.</summary>
/// <param name="Parked">Those that nobody tries to deliver any more.</param>
/// <param name="Waiting">Those that are on their way: of turns that run, or that are tried again.</param>
public sealed record OutboxPicture(IReadOnlyList<OwedPicture> Parked, IReadOnlyList<OwedPicture> Waiting)
{
    /// <summary>Most replies of a kind that can be asked for.</summary>
    public const int MaxLimit = 1000;
}

/// <summary>One of them.</summary>
/// <param name="Id">Names it.</param>
/// <param name="Conversation">The conversation, <c>tenant/name</c>.</param>
/// <param name="Turn">The turn.</param>
/// <param name="Carrier">What takes it there: <c>rabbitmq</c> or <c>webhook</c>.</param>
/// <param name="Address">Where it goes, in the carrier's words.</param>
/// <param name="Since">Since when it has been owed.</param>
/// <param name="Refusals">How often it was refused.</param>
/// <param name="Reason">Why the last attempt failed; empty where none has.</param>
public sealed record OwedPicture(string Id, string Conversation, string Turn, string Carrier, string Address, DateTimeOffset Since, int Refusals, string Reason);

/// <summary>An order about parked replies.</summary>
/// <param name="Ids">Which are tried anew.</param>
public sealed record RetryOrder(IReadOnlyList<string> Ids);
