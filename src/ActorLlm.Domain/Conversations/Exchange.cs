using System.Collections.Immutable;

namespace ActorLlm.Domain.Conversations;

/// <summary>One earlier turn with its reply.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Messages">What was asked.</param>
/// <param name="Reply">What was replied; null where no reply was asked for.</param>
public sealed record Exchange(TurnId Turn, ImmutableArray<Message> Messages, Reply? Reply)
{
    /// <summary>
    /// Positions of items that were taken out, in rising order. Each message has one position, then each of its tool calls one; the reply comes last,
    /// counted in the same way.
    /// </summary>
    public ImmutableArray<int> Deleted { get; init; } = [];

    /// <summary>How many positions there are.</summary>
    public int Positions => Messages.Sum(message => 1 + message.ToolCalls.AsSpan().Length) + (Reply is { } reply ? 1 + reply.ToolCalls.AsSpan().Length : 0);

    /// <summary>What is left of it for the model.</summary>
    public Exchange Shown()
    {
        if (Deleted.IsEmpty) return this;
        var next = 0;
        var messages = ImmutableArray.CreateBuilder<Message>(Messages.Length);
        foreach (var message in Messages)
        {
            var gone = Deleted.Contains(next++);
            var left = message with { ToolCalls = Left(message.ToolCalls, ref next) };
            if (gone) left = left with { Text = "", Images = [] };
            if (!gone || left.ToolCalls.Length > 0) messages.Add(left);
        }

        return new Exchange(Turn, messages.ToImmutable(), Reply is { } reply ? ShownReply(reply, next) : null);
    }

    private Reply? ShownReply(Reply reply, int next)
    {
        var gone = Deleted.Contains(next++);
        var left = reply with { ToolCalls = Left(reply.ToolCalls, ref next) };
        if (gone) left = left with { Text = "", Refusal = "", Reasoning = "" };
        return gone && left.ToolCalls.IsEmpty ? null : left;
    }

    private ImmutableArray<ToolCall> Left(ImmutableArray<ToolCall> calls, ref int next)
    {
        var left = ImmutableArray.CreateBuilder<ToolCall>();
        foreach (var call in calls.AsSpan())
        {
            if (!Deleted.Contains(next++)) left.Add(call);
        }

        return left.ToImmutable();
    }

    /// <inheritdoc/>
    public bool Equals(Exchange? other) =>
        other is not null && Turn == other.Turn && Reply == other.Reply
        && Messages.AsSpan().SequenceEqual(other.Messages.AsSpan()) && Deleted.AsSpan().SequenceEqual(other.Deleted.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Turn, Messages.AsSpan().Length, Reply, Deleted.AsSpan().Length);
}
