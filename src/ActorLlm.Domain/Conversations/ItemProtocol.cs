using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>Add messages to the conversation without asking for a reply. The same id with the same messages may be sent any number of times.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The idempotency key, from the same space as those of turns.</param>
/// <param name="Messages">What is added, bounded like a turn's content.</param>
public sealed record AddItems(ConversationId Conversation, TurnId Turn, ImmutableArray<Message> Messages) : ConversationCommand(Conversation, Turn)
{
    /// <summary>The messages as a turn's content.</summary>
    public TurnContent Content => ContentOf(Messages);

    /// <summary>Messages as a turn's content: by its fingerprint a repeat is known.</summary>
    public static TurnContent ContentOf(ImmutableArray<Message> messages) => new("", messages, GenerationSettings.Default);
}

/// <summary>Take one item out of the history.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">The turn whose item it is.</param>
/// <param name="Position">Its place in the turn's exchange; see <see cref="Exchange.Deleted"/>.</param>
public sealed record DeleteItem(ConversationId Conversation, TurnId Turn, int Position) : ConversationCommand(Conversation, Turn);

/// <summary>Take a turn out of the history and make it unreadable; it is cancelled first where it has no outcome. Its id stays used.</summary>
public sealed record DeleteTurn(ConversationId Conversation, TurnId Turn) : ConversationCommand(Conversation, Turn);

/// <summary>Set what the client keeps with the conversation, which comes into being by it.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">A name for this request; it is no turn.</param>
/// <param name="Metadata">The text of a JSON object; at most <see cref="Limits.MaxMetadataBytes"/> in UTF-8.</param>
/// <param name="MustExist">Whether a conversation without any event is refused.</param>
public sealed record DescribeConversation(ConversationId Conversation, TurnId Turn, string Metadata, bool MustExist) : ConversationCommand(Conversation, Turn)
{
    /// <summary>
    /// Where it is to make the conversation: what all of the request says, as <see cref="TurnContent.Check"/>. A conversation that another one made is refused with
    /// <see cref="RejectionCode.TurnIdReused"/>. 0 for whatever.
    /// </summary>
    public ulong Request { get; init; }

    /// <summary>What a request says that makes a conversation of these.</summary>
    public static ulong RequestOf(string metadata, ImmutableArray<Message> messages) => (AddItems.ContentOf(messages) with { Note = metadata }).Check();
}

/// <summary>Empty the conversation and take no more turns in it. Unfinished ones are cancelled.</summary>
/// <param name="Conversation">The conversation.</param>
/// <param name="Turn">A name for this request; it is no turn.</param>
public sealed record DeleteConversation(ConversationId Conversation, TurnId Turn) : ConversationCommand(Conversation, Turn);

/// <summary>Tell the sender all that is known of a turn.</summary>
public sealed record ReadTurn(ConversationId Conversation, TurnId Turn) : ConversationCommand(Conversation, Turn);

/// <summary>All that is known of a turn.</summary>
/// <param name="Standing">How it stands, or its outcome.</param>
/// <param name="Content">What was asked.</param>
/// <param name="AcceptedAt">When it was accepted.</param>
public sealed record TurnRecord(TurnAnswer Standing, TurnContent Content, DateTimeOffset AcceptedAt) : TurnAnswer(Standing.Conversation, Standing.Turn);
