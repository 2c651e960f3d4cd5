using System.Collections.Immutable;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>Decides on requests about a conversation and its items that start no turn.</summary>
internal static class ItemDecider
{
    public static Decision Decide(ConversationState state, ConversationCommand command, in Circumstances at) => command switch
    {
        AddItems add => Add(state, add, at),
        DescribeConversation describe => Describe(state, describe, at),
        DeleteItem delete when state.Exists => Delete(state, delete, at),
        DeleteConversation delete when state.Exists => Delete(state, delete, at.Now),
        // Deleting what is deleted, here and below, is a repeat, whose first answer may have been lost.
        DeleteConversation when state.Deleted => Accept([]),
        _ => new Decision([], Decider.NoConversation(state)),
    };

    private static Decision Add(ConversationState state, AddItems add, in Circumstances at)
    {
        if (Decider.Repeat(state, add.Turn, add.Content) is { } repeat) return repeat;
        if (!state.Exists) return new Decision([], Decider.NoConversation(state));
        if ((ContentRules.Error(add.Content) ?? Decider.Full(state, at)) is { } refused) return new Decision([], refused);
        return Accept([new ItemsAdded(add.Turn, add.Messages, at.Now)]);
    }

    private static Decision Describe(ConversationState state, DescribeConversation describe, in Circumstances at)
    {
        if (state.Deleted || (describe.MustExist && !state.Exists)) return new Decision([], Decider.NoConversation(state));
        var bytes = Encoding.UTF8.GetByteCount(describe.Metadata);
        if (bytes > Limits.MaxMetadataBytes)
            return new Decision([], new DecisionAnswer.Rejected(
                RejectionCode.TooLarge, $"The conversation's metadata have {bytes} bytes; at most {Limits.MaxMetadataBytes} are allowed."));
        if (!describe.MustExist && describe.Request != 0 && state.MadeBy != 0 && state.MadeBy != describe.Request)
            return new Decision([], new DecisionAnswer.Rejected(
                RejectionCode.TurnIdReused, "The conversation was made under this key with other metadata or items. Use a new key for another conversation."));
        // What makes a conversation is a repeat where it is there, and does not undo what was said of it since.
        return state.Exists && (!describe.MustExist || state.Metadata == describe.Metadata)
            ? Accept([])
            : Accept([new ConversationDescribed(describe.Turn, describe.Metadata, at.Now) { Request = describe.Request }]);
    }

    private static Decision Delete(ConversationState state, DeleteItem delete, in Circumstances at)
    {
        var exchange = state.History.FirstOrDefault(exchange => exchange.Turn == delete.Turn);
        if (exchange is null || delete.Position < 0 || delete.Position >= exchange.Positions)
            return new Decision([], new DecisionAnswer.Rejected(RejectionCode.NotFound, "The conversation has no such item."));
        return exchange.Deleted.Contains(delete.Position) ? Accept([]) : Accept([new ItemDeleted(delete.Turn, delete.Position, at.Now)]);
    }

    private static Decision Delete(ConversationState state, DeleteConversation delete, DateTimeOffset now) => Accept(
        [.. state.Pending.Select(turn => new TurnCancelled(turn.Id, CancelledBy.Client, now)), new ConversationDeleted(delete.Turn, now)]);

    private static Decision Accept(ImmutableArray<ConversationEvent> events) => new(events, DecisionAnswer.Standing.Instance);
}
