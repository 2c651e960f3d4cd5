using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Hosting;

/// <summary>What conversations hold, to read and to change without a call of a model, from any node of the cluster.</summary>
/// <remarks>Every call may be repeated; all of them throw what those of <see cref="IConversations"/> throw.</remarks>
public interface IConversationRecords
{
    /// <summary>Gives all that is known of a turn: what was asked and what became of it.</summary>
    Task<TurnRecord> ReadAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default);

    /// <summary>Takes a turn out of the history and makes it unreadable; it is cancelled first where it has no outcome.</summary>
    Task DeleteAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default);

    /// <summary>Gives a conversation without its history; one that does not exist says so.</summary>
    Task<ConversationView> GetAsync(ConversationId conversation, CancellationToken cancellationToken = default);

    /// <summary>
    /// Makes a conversation with what it is to hold. The same key, metadata and messages give the same one, as it is by then; where others come with the key it is refused with
    /// <see cref="RejectionCode.TurnIdReused"/>.
    /// </summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="key">The idempotency key, from the same space as the ids of turns.</param>
    /// <param name="metadata">What the client keeps with it, as the text of a JSON object of at most <see cref="Limits.MaxMetadataBytes"/> in UTF-8; empty for nothing.</param>
    /// <param name="messages">Its first messages, bounded like a turn's content; may be none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ConversationView> MakeAsync(
        ConversationId conversation, TurnId key, string metadata, ImmutableArray<Message> messages, CancellationToken cancellationToken = default);

    /// <summary>Sets what the client keeps with a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="metadata">The text of a JSON object, at most <see cref="Limits.MaxMetadataBytes"/> in UTF-8.</param>
    /// <param name="mustExist">Whether one that does not exist is refused; else it comes into being.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ConversationView> DescribeAsync(ConversationId conversation, string metadata, bool mustExist, CancellationToken cancellationToken = default);

    /// <summary>Empties a conversation and ends it: it takes no more turns. Its unfinished turns are cancelled.</summary>
    Task DeleteAsync(ConversationId conversation, CancellationToken cancellationToken = default);

    /// <summary>Adds messages to a conversation's history without asking for a reply.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="key">The idempotency key, from the same space as the ids of turns.</param>
    /// <param name="messages">The messages, bounded like a turn's content.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task AddAsync(ConversationId conversation, TurnId key, ImmutableArray<Message> messages, CancellationToken cancellationToken = default);

    /// <summary>Takes one item out of a conversation's history.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="turn">The turn whose item it is.</param>
    /// <param name="position">Its place in the turn's <see cref="Exchange"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ConversationView> DeleteItemAsync(ConversationId conversation, TurnId turn, int position, CancellationToken cancellationToken = default);
}
