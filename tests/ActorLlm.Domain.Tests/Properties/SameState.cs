using System.Globalization;
using System.Text;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Domain.Tests.Properties;

/// <summary>
/// Two states compared by what they hold: immutable queues, dictionaries and arrays compare by reference, so the states are written out
/// in full and the texts compared. A member that is missing here would go unnoticed, so the number of members is asserted.
/// </summary>
public static class SameState
{
    public static void Assert(ConversationState expected, ConversationState actual) => Xunit.Assert.Equal(Describe(expected), Describe(actual));

    public static string Describe(ConversationState state)
    {
        Xunit.Assert.Equal((8, 12, 6), (Members<ConversationState>(), Members<PendingTurn>(), Members<SettledTurn>()));
        var text = new StringBuilder();
        Line($"version {state.Version}, settled {state.SettledCount}, history {state.HistoryTurns} turns {state.HistoryBytes} bytes");
        foreach (var turn in state.Pending)
        {
            Line($"pending {turn.Id} {turn.Fingerprint:x32} at {Time(turn.AcceptedAt)} deadline {Time(turn.Deadline)} not before {Time(turn.NotBefore)}");
            Line($"  failed {turn.FailedAttempts}: content {turn.ContentFailures}, worker {turn.WorkerLosses}, provider {turn.ProviderFailures} since {Time(turn.ProviderFailingSince)}, last '{turn.LastError}'");
            Line($"  {Describe(turn.Content)}");
        }

        foreach (var exchange in state.History) Line($"history {Describe(exchange)}");
        foreach (var id in state.SettledOrder)
        {
            var turn = state.Settled[id];
            Line($"settled {id} {turn.Fingerprint:x32} at {turn.SequenceNr} {Time(turn.At)}, attempts {turn.Attempts}, {turn.Ending}, acknowledged {turn.Acknowledged}");
        }

        Xunit.Assert.Equal(state.Settled.Count, state.SettledOrder.Count());
        return text.ToString();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }

    public static string Describe(Exchange exchange) => $"{exchange.Turn} {Messages(exchange.Messages)} -> {exchange.Reply}";

    private static string Describe(TurnContent content) =>
        FormattableString.Invariant($"model '{content.Model}' {Messages(content.Messages)} {content.Settings} stop [{string.Join('|', content.Settings.Stop.AsSpan().ToArray())}]");

    private static string Messages(IEnumerable<Message> messages) => string.Join(", ", messages);

    private static string Time(DateTimeOffset? time) => time is { } at ? at.UtcTicks.ToString(CultureInfo.InvariantCulture) : "never";

    // The properties that hold something, without those that are computed from others.
    private static int Members<T>() => typeof(T).GetProperties().Count(property => property.SetMethod is not null && !property.GetMethod!.IsStatic);
}
