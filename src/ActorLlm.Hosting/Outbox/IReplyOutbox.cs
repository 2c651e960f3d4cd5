using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;

namespace ActorLlm.Hosting;

/// <summary>Where a reply goes by itself.</summary>
/// <param name="Carrier">Who takes it there: the name of an <see cref="IReplyCarrier"/>.</param>
/// <param name="Address">In that carrier's words, 1 to <see cref="Limits.MaxReplyAddressLength"/> characters.</param>
public sealed record ReplyTarget(string Carrier, string Address);

/// <summary>A reply that is owed.</summary>
/// <param name="Id">Names it: the same turn with the same target is the same reply.</param>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The turn.</param>
/// <param name="Target">Where it goes.</param>
/// <param name="Since">Since when it has been owed.</param>
/// <param name="Refusals">Attempts to deliver it that were refused.</param>
/// <param name="Parked">Whether nobody tries any more, until an operator says so.</param>
/// <param name="Reason">Why the last attempt failed; empty where none has.</param>
public sealed record OwedReply(
    string Id, ConversationId Conversation, TurnId Turn, ReplyTarget Target, DateTimeOffset Since, int Refusals, bool Parked, string Reason);

/// <summary>What became of an attempt to deliver a reply.</summary>
public abstract record Carriage
{
    private Carriage()
    {
    }

    /// <summary>The receiver, or a broker before it, has it and said so.</summary>
    public sealed record Delivered : Carriage;

    /// <summary>The way there is closed for now, which says nothing about this reply: it is tried again, however often.</summary>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="After">When to try again.</param>
    public sealed record Later(string Reason, TimeSpan After) : Carriage;

    /// <summary>It was refused: it is tried again up to the carrier's bound.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Refused(string Reason) : Carriage;
}

/// <summary>Takes replies to their addresses. Register any number as services; the outbox calls them.</summary>
public interface IReplyCarrier
{
    /// <summary>Its name in <see cref="ReplyTarget.Carrier"/>, at most 32 characters; it is stored and never changes.</summary>
    string Name { get; }

    /// <summary>Whether it can deliver at all now; while it cannot, nothing is taken from the outbox for it.</summary>
    bool Ready { get; }

    /// <summary>How often a refused reply is tried again, and when.</summary>
    OutboxRule Rule { get; }

    /// <summary>Delivers a reply. It may be called again for one that was delivered, where that could not be written down.</summary>
    Task<Carriage> CarryAsync(OwedReply owed, TurnSettled settled, CancellationToken cancellationToken);

    /// <summary>Puts a reply aside that was refused too often.</summary>
    /// <returns>Whether it is kept there; else it stays in the outbox, parked.</returns>
    Task<bool> PutAsideAsync(OwedReply owed, TurnSettled settled, string reason, CancellationToken cancellationToken);
}

/// <summary>
/// Replies that are owed to someone who does not ask for them: each is kept in the conversations' database from the acceptance of its turn until it was
/// delivered and that is durable in the conversation. Any node delivers them; where one is killed, another goes on.
/// </summary>
public interface IReplyOutbox
{
    /// <summary>Accepts a turn durably, and keeps durably that its reply is owed. A repeat is owed its reply again.</summary>
    /// <param name="request">The turn.</param>
    /// <param name="target">Where its reply goes.</param>
    /// <param name="follow">Whether the caller calls <see cref="FollowAsync"/> next; else some node delivers the reply by itself.</param>
    /// <param name="cancellationToken">Gives up; whether the reply is owed is then unknown, and to ask again is safe.</param>
    /// <exception cref="TurnRejectedException">The conversation refused; nothing is owed.</exception>
    /// <exception cref="ConversationsUnavailableException">No durable answer came in time; to ask again is safe.</exception>
    Task<OwedReply> OweAsync(TurnRequest request, ReplyTarget target, bool follow, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits for the turn's outcome and delivers it. What cannot be delivered now is delivered later by the outbox, so this never fails; it ends early only
    /// when it is cancelled.
    /// </summary>
    Task FollowAsync(OwedReply owed, TurnRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives the oldest replies that are owed.</summary>
    /// <param name="parked">Those that nobody tries to deliver any more; else those that are on their way.</param>
    /// <param name="limit">Most of them, 1 to <see cref="Limits.MaxOwedListed"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<OwedReply>> ListAsync(bool parked, int limit, CancellationToken cancellationToken = default);

    /// <summary>Lets parked replies be tried anew.</summary>
    Task RetryAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken = default);
}
