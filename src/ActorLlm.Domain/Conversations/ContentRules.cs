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
        if (content.Settings.Stop.AsSpan().Length > Limits.MaxStopSequences)
            return Invalid($"The turn has {content.Settings.Stop.Length} stop sequences; at most {Limits.MaxStopSequences} are allowed.");
        if (NotFinite(content.Settings) is { } setting)
            return Invalid($"The setting {setting} is not a finite number.");
        if (Unreadable(content) is { } where)
            return Invalid($"{where} has half of a UTF-16 surrogate pair, which is not a character; send valid Unicode text.");
        if (content.Messages.All(message => string.IsNullOrWhiteSpace(message.Text)))
            return Invalid("Every message of the turn is empty; at least one needs text.");
        var bytes = content.ByteCount();
        return bytes <= Limits.MaxContentBytes
            ? null
            : new DecisionAnswer.Rejected(
                RejectionCode.TooLarge, $"The turn's text has {bytes} bytes; at most {Limits.MaxContentBytes} (1 MiB) are allowed.");
    }

    private static string? NotFinite(GenerationSettings settings)
    {
        if (settings.Temperature is { } temperature && !double.IsFinite(temperature)) return "temperature";
        if (settings.TopP is { } topP && !double.IsFinite(topP)) return "top_p";
        if (settings.FrequencyPenalty is { } frequency && !double.IsFinite(frequency)) return "frequency_penalty";
        return settings.PresencePenalty is { } presence && !double.IsFinite(presence) ? "presence_penalty" : null;
    }

    private static string? Unreadable(TurnContent content)
    {
        if (UnicodeText.IndexOfLoneSurrogate(content.Model) >= 0) return "The model name";
        foreach (var message in content.Messages)
        {
            if (UnicodeText.IndexOfLoneSurrogate(message.Text) >= 0) return "A message";
        }

        foreach (var stop in content.Settings.Stop.AsSpan())
        {
            if (UnicodeText.IndexOfLoneSurrogate(stop) >= 0) return "A stop sequence";
        }

        return null;
    }

    private static DecisionAnswer.Rejected Invalid(string reason) => new(RejectionCode.Invalid, reason);
}
