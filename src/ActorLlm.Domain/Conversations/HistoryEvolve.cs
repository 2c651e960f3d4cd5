using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>How events change what the model is given of earlier turns.</summary>
internal static class HistoryEvolve
{
    /// <summary>Adds an exchange at the end, and drops as many at the beginning as the bounds ask for.</summary>
    public static ConversationState Remember(ConversationState state, Exchange exchange)
    {
        var history = state.History.Enqueue(exchange);
        var turns = state.HistoryTurns + 1;
        var bytes = state.HistoryBytes + ConversationState.BytesOf(exchange);
        var shortened = false;
        while (turns > Limits.MaxHistoryTurns || (bytes > Limits.MaxHistoryBytes && turns > 1) || (shortened && BeginsWithToolResult(history)))
        {
            history = history.Dequeue(out var oldest);
            turns--;
            bytes -= ConversationState.BytesOf(oldest);
            shortened = true;
        }

        return state with { History = history, HistoryTurns = turns, HistoryBytes = bytes };
    }

    /// <summary>Messages without a reply.</summary>
    public static ConversationState Add(ConversationState state, ItemsAdded e)
    {
        state = state with
        {
            LastAccepted = e.Turn,
            Settled = state.Settled.Add(
                e.Turn, new SettledTurn(AddItems.ContentOf(e.Messages).Fingerprint(), state.Version, 0, Outcome.Recorded.Instance, false, e.At) { AcceptedNr = state.Version }),
            SettledOrder = state.SettledOrder.Enqueue(e.Turn),
        };
        return Remember(state, new Exchange(e.Turn, e.Messages, null));
    }

    /// <summary>One item less.</summary>
    public static ConversationState Delete(ConversationState state, ItemDeleted e) => Replace(
        state, e.Turn, exchange => exchange with { Deleted = [.. exchange.Deleted.Append(e.Position).Order()] });

    /// <summary>One turn less.</summary>
    public static ConversationState Delete(ConversationState state, TurnDeleted e)
    {
        state = Replace(state, e.Turn, _ => null);
        return state with
        {
            // Nothing goes on from a turn that is gone.
            LastAccepted = state.LastAccepted == e.Turn ? null : state.LastAccepted,
            Settled = state.Settled.SetItem(e.Turn, state.Settled[e.Turn] with { Deleted = true }),
        };
    }

    /// <summary>Nothing left but the ids.</summary>
    public static ConversationState Delete(ConversationState state) => state with
    {
        Deleted = true,
        Metadata = "",
        History = [],
        HistoryTurns = 0,
        HistoryBytes = 0,
    };

    private static ConversationState Replace(ConversationState state, TurnId turn, Func<Exchange, Exchange?> change)
    {
        var left = state.History.Select(exchange => exchange.Turn == turn ? change(exchange) : exchange).OfType<Exchange>().ToArray();
        return state with { History = [.. left], HistoryTurns = left.Length, HistoryBytes = left.Sum(ConversationState.BytesOf) };
    }

    // A tool's result whose call was left out is an error to every provider: it goes with its call.
    private static bool BeginsWithToolResult(ImmutableQueue<Exchange> history) => !history.IsEmpty && history.Peek().Messages[0].Role == Role.Tool;
}
