using System.Text;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.AtRest;

namespace ActorLlm.Cluster.Inspection;

/// <summary>
/// Reads the events of single turns from the journal: no other turn's text leaves the database, but where rows are sealed, which do not show whose they are.
/// </summary>
internal sealed class TurnReader(JournalSettings settings, Akka.Serialization.Serialization serialization)
{
    private const int MaxEvents = 1000;

    private readonly JournalQuery _journal = new(settings);

    /// <summary>The events of one turn, among those of its conversation that what is known of it calls for.</summary>
    public async Task<IReadOnlyList<ConversationEvent>> ReadAsync(TurnInsight insight, CancellationToken cancellationToken)
    {
        var from = insight.AcceptedNr > 0 ? insight.AcceptedNr : Math.Max(1, insight.SettledNr - Limits.MaxTurnRows);
        // An acknowledgement comes at any time after the outcome.
        var to = insight.SettledNr > 0 && !insight.Acknowledged ? insight.SettledNr : Math.Max(from, insight.SettledNr) + Limits.MaxTurnRows;
        var begin = BeginningOf(insight.Turn);
        var events = new List<ConversationEvent>();
        await _journal.RunAsync(
            """
            SELECT identifier, manifest, message FROM actorllm_journal
            WHERE persistence_id = $1 AND sequence_number BETWEEN $2 AND $3 AND (substr(message, 1, $4) = $5 OR substr(message, 1, 1) = $6)
            ORDER BY sequence_number LIMIT $7
            """,
            [ConversationActor.IdOf(insight.Conversation), from, to, begin.Length, begin, ContentCipher.Beginning, Limits.MaxTurnRows],
            row =>
            {
                if (events.Count < MaxEvents
                    && serialization.Deserialize(row.GetFieldValue<byte[]>(2), row.GetInt32(0), row.GetString(1)) is ConversationEvent e
                    && e.Turn == insight.Turn)
                    events.Add(e);
            },
            cancellationToken).ConfigureAwait(false);
        return events;
    }

    /// <summary>When turns were accepted, by the sequence numbers of their acceptances.</summary>
    public async Task<IReadOnlyDictionary<long, DateTimeOffset>> AcceptedAtAsync(
        ConversationId conversation, IReadOnlyCollection<long> numbers, CancellationToken cancellationToken)
    {
        var times = new Dictionary<long, DateTimeOffset>();
        if (numbers.Count == 0) return times;
        var wanted = numbers.ToHashSet();
        await _journal.RunAsync(
            "SELECT sequence_number, created FROM actorllm_journal WHERE persistence_id = $1 AND sequence_number BETWEEN $2 AND $3 ORDER BY sequence_number LIMIT $4",
            [ConversationActor.IdOf(conversation), wanted.Min(), wanted.Max(), Limits.MaxTurnRows],
            row =>
            {
                if (wanted.Contains(row.GetInt64(0))) times[row.GetInt64(0)] = new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero);
            },
            cancellationToken).ConfigureAwait(false);
        return times;
    }

    /// <summary>How every event of a turn begins that is not sealed: each is a protobuf message whose field 1, the first that is written, is the turn's id.</summary>
    internal static byte[] BeginningOf(TurnId turn)
    {
        const byte fieldOne = 0x0A, more = 0x80;
        var id = Encoding.ASCII.GetBytes(turn.Value);
        return id.Length < more ? [fieldOne, (byte)id.Length, .. id] : [fieldOne, (byte)(id.Length % more | more), (byte)(id.Length / more), .. id];
    }
}
