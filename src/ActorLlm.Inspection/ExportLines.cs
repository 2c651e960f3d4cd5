using ActorLlm.Domain.Conversations;

namespace ActorLlm.Inspection;

/// <summary>The first line of an export.</summary>
/// <param name="Conversation">Its id, <c>tenant/name</c>.</param>
/// <param name="CreatedAt">When it came into being.</param>
/// <param name="Metadata">What the client keeps with it, as the text of a JSON object; empty for nothing.</param>
/// <param name="Turns">How many lines of <see cref="ExportedTurn"/> follow: fewer mean that the export broke off.</param>
public sealed record ExportedConversation(string Conversation, DateTimeOffset CreatedAt, string Metadata, int Turns);

/// <summary>One turn with its text, a line of an export. What was deleted is left out.</summary>
/// <param name="Turn">Its id.</param>
/// <param name="State">How it stands.</param>
/// <param name="AcceptedAt">When it was accepted.</param>
/// <param name="SettledAt">When it reached its outcome; null while it has none.</param>
/// <param name="AcknowledgedAt">When a client said durably that it has the outcome; null where none did.</param>
/// <param name="FailedAttempts">Attempts that ended without a reply and were followed by another one.</param>
/// <param name="Outcome">Why it failed, who cancelled it, or the reply's finish reason; empty while it has no outcome.</param>
/// <param name="Content">What was asked.</param>
/// <param name="Reply">What was answered; null where there is no reply.</param>
public sealed record ExportedTurn(
    string Turn,
    TurnState State,
    DateTimeOffset AcceptedAt,
    DateTimeOffset? SettledAt,
    DateTimeOffset? AcknowledgedAt,
    int FailedAttempts,
    string Outcome,
    TurnContent Content,
    Reply? Reply);
