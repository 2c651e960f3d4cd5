using ActorLlm.Domain;
using ActorLlm.Inspection;

namespace ActorLlm.Hosting;

/// <summary>Reads whole conversations, text included, from the journal.</summary>
public interface IConversationExport
{
    /// <summary>Opens a conversation; null where there is none, or it was deleted.</summary>
    /// <exception cref="ConversationsUnavailableException">The database did not answer.</exception>
    Task<IConversationReading?> OpenAsync(ConversationId conversation, CancellationToken cancellationToken = default);
}

/// <summary>A conversation that is being read, as it was when it was opened.</summary>
public interface IConversationReading
{
    /// <summary>The conversation itself.</summary>
    ExportedConversation Head { get; }

    /// <summary>Its turns in the order in which they were accepted. One at a time is in memory, however long the conversation is.</summary>
    /// <exception cref="ConversationsUnavailableException">The database did not answer.</exception>
    IAsyncEnumerable<ExportedTurn> TurnsAsync(CancellationToken cancellationToken = default);
}
