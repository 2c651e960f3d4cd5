namespace ActorLlm.Chaos.Journal;

/// <summary>
/// Reads stored events by the numbers in src/ActorLlm.Serialization/Proto/journal.proto, and shares no code with what wrote them:
/// a mapping that loses something on the way there and back cannot hide it here.
/// </summary>
internal static class JournalDecoder
{
    /// <summary>Reads one row.</summary>
    /// <param name="conversationPrefix">How persistence ids of conversations begin; the name follows.</param>
    /// <param name="persistenceId">The row's own.</param>
    /// <param name="sequenceNumber">Within it, from 1.</param>
    /// <param name="manifest">The event's type.</param>
    /// <param name="message">The event.</param>
    public static JournalEvent Decode(string conversationPrefix, string persistenceId, long sequenceNumber, string manifest, byte[] message)
    {
        if (!persistenceId.StartsWith(conversationPrefix, StringComparison.Ordinal))
            return new JournalEvent(persistenceId, sequenceNumber, EventKind.Unknown, "", default, $"persistence id {persistenceId}");
        var name = persistenceId[conversationPrefix.Length..];
        var fields = ProtobufFields.Read(message);
        return manifest switch
        {
            "ta1" => Event(EventKind.Accepted, at: 4, fields.Message(2).Messages(2).FirstOrDefault()?.Text(2) ?? ""),
            "af1" => Event(EventKind.AttemptFailed, at: 6, fields.Text(4), fields.Number(2), fields.Number(3)),
            "rc1" => Event(EventKind.Committed, at: 4, fields.Message(3).Text(1), fields.Number(2)),
            "tf1" => Event(EventKind.Failed, at: 5, fields.Text(4), fields.Number(2), fields.Number(3)),
            "tc1" => Event(EventKind.Cancelled, at: 3, $"cancelled by {fields.Number(2)}"),
            "ra1" => Event(EventKind.Acknowledged, at: 2, ""),
            _ => new JournalEvent(name, sequenceNumber, EventKind.Unknown, "", default, $"manifest {manifest}"),
        };

        JournalEvent Event(EventKind kind, int at, string text, long attempt = 0, long failure = 0) => new(
            name, sequenceNumber, kind, fields.Text(1), DateTimeOffset.FromUnixTimeMilliseconds(fields.Number(at)), text,
            (int)attempt, (int)failure);
    }
}
