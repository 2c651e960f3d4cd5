namespace ActorLlm.Domain.Conversations;

/// <summary>A child that its parent's conversation still has to do with.</summary>
/// <param name="Turn">The turn that asked for it.</param>
/// <param name="Key">Its step there.</param>
/// <param name="Content">What it is asked.</param>
/// <param name="Deadline">When the turn that asked fails; null for never.</param>
/// <param name="IsWanted">Whether its reply is waited for; else it is to be cancelled.</param>
public readonly record struct OwedChild(TurnId Turn, string Key, TurnContent Content, DateTimeOffset? Deadline, bool IsWanted)
{
    /// <summary>Where in a trace the turn was asked for; null where nobody records one.</summary>
    public TraceContext? Trace { get; init; }

    /// <summary>The request for its turn; a deadline that has passed asks for the shortest.</summary>
    public SubmitTurn Request(ConversationId parent, DateTimeOffset now)
    {
        var left = Deadline is { } end ? TimeSpan.FromMilliseconds(Math.Max(1, (end - now).TotalMilliseconds)) : (TimeSpan?)null;
        return ChildTurn.Request(parent, Turn, Key, Content, left) with { Trace = Trace };
    }
}

/// <summary>Derives from its state which children a conversation has to submit, follow or cancel: recovery and normal running share it.</summary>
public static class OwedChildren
{
    /// <summary>The children. Only the head takes steps.</summary>
    public static IEnumerable<OwedChild> Of(ConversationState state)
    {
        foreach (var child in state.Unwanted) yield return new OwedChild(child.Turn, child.Key, child.Content, null, IsWanted: false);
        if (state.Head is not { Steps.IsEmpty: false } head) yield break;
        foreach (var step in head.Steps)
        {
            if (step is { End: null, Request.Content: { } content })
                yield return new OwedChild(head.Id, step.Key, content, head.Deadline, IsWanted: true) { Trace = head.Trace };
        }
    }

    /// <summary>Whether there is any.</summary>
    public static bool Any(ConversationState state) => !state.Unwanted.IsEmpty || (state.Head is { Steps.IsEmpty: false } && Of(state).Any());
}
