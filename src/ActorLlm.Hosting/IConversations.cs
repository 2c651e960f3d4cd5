using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Hosting;

/// <summary>What a client asks in one turn.</summary>
/// <param name="Conversation">The conversation; it comes into being with its first turn.</param>
/// <param name="Turn">The idempotency key: the same key with the same content is the same turn, however often it is sent.</param>
/// <param name="Content">The messages, the model and how to generate.</param>
public sealed record TurnRequest(ConversationId Conversation, TurnId Turn, TurnContent Content)
{
    /// <summary>What happens while earlier turns of the conversation are unfinished.</summary>
    public OverlapPolicy Overlap { get; init; } = OverlapPolicy.Enqueue;

    /// <summary>Longest time from acceptance to an outcome; null for none.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>The turn that must be the last one of the conversation, else the request is refused with <see cref="RejectionCode.NotTheLast"/>; null for any.</summary>
    public TurnId? After { get; init; }

    /// <summary>Whether a conversation that has nothing yet is refused with <see cref="RejectionCode.NotFound"/>.</summary>
    public bool MustExist { get; init; }
}

/// <summary>What a stream of a turn yields.</summary>
public abstract record TurnUpdate
{
    private TurnUpdate()
    {
    }

    /// <summary>The turn is durable. Always the first update.</summary>
    public sealed record Accepted : TurnUpdate
    {
        /// <summary>How many turns of its conversation are unfinished by then; null where nobody says.</summary>
        public int? Unfinished { get; init; }
    }

    /// <summary>The reply's next piece of text, never empty.</summary>
    public sealed record Text(string Delta) : TurnUpdate;

    /// <summary>The turn's outcome. Always the last update.</summary>
    /// <param name="Answer">The outcome; a committed reply's whole text equals all pieces together unless <paramref name="Diverged"/>.</param>
    /// <param name="Diverged">
    /// A worker was lost in mid-stream and the next attempt worded its reply differently: the pieces are not this reply's
    /// beginning and must not be shown as if they were.
    /// </param>
    public sealed record Settled(TurnSettled Answer, bool Diverged) : TurnUpdate;
}

/// <summary>The conversations of the cluster, from any of its nodes.</summary>
/// <remarks>
/// Every call retries by itself, with the same turn id, while a shard moves or a node fails. All of them throw
/// <see cref="TurnRejectedException"/> when the request is refused and <see cref="ConversationsUnavailableException"/> when no durable
/// answer came in time: then whether the turn was accepted is unknown, and sending the same turn again is safe.
/// </remarks>
public interface IConversations
{
    /// <summary>Accepts a turn durably, and returns at once; gives its standing, which is the outcome when the turn was settled before.</summary>
    Task<TurnAnswer> SubmitAsync(TurnRequest request, CancellationToken cancellationToken = default);

    /// <summary>Accepts a turn durably and waits for its outcome. Cancelling the wait does not cancel the turn.</summary>
    Task<TurnSettled> CompleteAsync(TurnRequest request, CancellationToken cancellationToken = default);

    /// <summary>Accepts a turn durably and streams its reply; a repeat of an earlier turn streams that turn's reply from its beginning.</summary>
    IAsyncEnumerable<TurnUpdate> StreamAsync(TurnRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives a turn's standing.</summary>
    Task<TurnAnswer> GetAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default);

    /// <summary>Gives a conversation's turns; an unknown conversation is an empty one.</summary>
    Task<ConversationView> GetAsync(ConversationId conversation, CancellationToken cancellationToken = default);

    /// <summary>Cancels a turn unless it has its outcome already; gives its standing after that.</summary>
    Task<TurnAnswer> CancelAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default);

    /// <summary>Records durably that the client has the outcome.</summary>
    Task<TurnAnswer> AcknowledgeAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default);
}

/// <summary>The models that the cluster serves; a module is one, by its name.</summary>
public interface IModels
{
    /// <summary>Their names, the default first, modules last.</summary>
    IReadOnlyList<string> Names { get; }
}

/// <summary>A request was refused; nothing has changed, and the same request will be refused again unless the code says otherwise.</summary>
public sealed class TurnRejectedException(RejectionCode code, string reason) : Exception(reason)
{
    /// <summary>Why.</summary>
    public RejectionCode Code { get; } = code;
}

/// <summary>No durable answer came in time: the database or the cluster is out of reach. The same request may be sent again.</summary>
public sealed class ConversationsUnavailableException(string reason, TimeSpan retryAfter) : Exception(reason)
{
    /// <summary>When to try again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
