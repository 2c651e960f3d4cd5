namespace ActorLlm.Domain.Conversations;

/// <summary>What a turn's content must be.</summary>
public static class ContentRules
{
    /// <summary>What is wrong with the content, or null.</summary>
    public static DecisionAnswer.Rejected? Error(TurnContent content)
    {
        if (content.Messages.IsDefaultOrEmpty) return Invalid("The turn has no messages; at least one is needed.");
        if (content.Messages.Length > Limits.MaxContentMessages)
            return Invalid($"The turn has {content.Messages.Length} messages; at most {Limits.MaxContentMessages} are allowed.");
        if (content.Model.Length > Limits.MaxModelLength)
            return Invalid($"The model name has {content.Model.Length} characters; at most {Limits.MaxModelLength} are allowed.");
        if (content.Messages.Any(message => !Enum.IsDefined(message.Role)))
            return Invalid("A message has an unknown role; expected system, developer, user or assistant.");
        if (content.Messages.All(message => string.IsNullOrWhiteSpace(message.Text)))
            return Invalid("Every message of the turn is empty; at least one needs text.");
        var bytes = content.ByteCount();
        return bytes <= Limits.MaxContentBytes
            ? null
            : new DecisionAnswer.Rejected(
                RejectionCode.TooLarge, $"The turn's text has {bytes} bytes; at most {Limits.MaxContentBytes} (1 MiB) are allowed.");
    }

    private static DecisionAnswer.Rejected Invalid(string reason) => new(RejectionCode.Invalid, reason);
}
