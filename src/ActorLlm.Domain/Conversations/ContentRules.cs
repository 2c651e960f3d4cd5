using ActorLlm.Domain.Images;

namespace ActorLlm.Domain.Conversations;

/// <summary>What a turn's content must be.</summary>
public static class ContentRules
{
    /// <summary>What is wrong with the content, or null.</summary>
    /// <param name="content">The content.</param>
    /// <param name="maxBytes">The most bytes of all its texts: what a turn that is stored may have, unless it is not.</param>
    public static DecisionAnswer.Rejected? Error(TurnContent content, long maxBytes = Limits.MaxContentBytes)
    {
        if (content.Messages.IsDefaultOrEmpty) return Invalid("The turn has no messages; at least one is needed.");
        if (content.Messages.Length > Limits.MaxContentMessages)
            return Invalid($"The turn has {content.Messages.Length} messages; at most {Limits.MaxContentMessages} are allowed.");
        if (content.Model.Length > Limits.MaxModelLength)
            return Invalid($"The model name has {content.Model.Length} characters; at most {Limits.MaxModelLength} are allowed.");
        if (content.Settings.Stop.AsSpan().Length > Limits.MaxStopSequences)
            return Invalid($"The turn has {content.Settings.Stop.Length} stop sequences; at most {Limits.MaxStopSequences} are allowed.");
        if (NotFinite(content.Settings) is { } setting)
            return Invalid($"The setting {setting} is not a finite number.");
        if ((content.Messages.Select(MessageError).FirstOrDefault(error => error is not null) ?? ToolRules.Error(content.Settings)) is { } wrong)
            return Invalid(wrong);
        if (Unreadable(content) is { } where)
            return Invalid($"{where} has half of a UTF-16 surrogate pair, which is not a character; send valid Unicode text.");
        if (content.Messages.All(IsEmpty))
            return Invalid("Every message of the turn is empty; at least one needs text.");
        var bytes = content.ByteCount();
        return bytes <= maxBytes
            ? null
            : new DecisionAnswer.Rejected(
                RejectionCode.TooLarge,
                $"The turn has {bytes} bytes of text, images and tools; at most {Limits.MaxContentBytes} (1 MiB) are allowed where it is stored. Give large images by their URL.");
    }

    private static string? MessageError(Message message)
    {
        if (!Enum.IsDefined(message.Role)) return "A message has an unknown role; expected system, developer, user, assistant or tool.";
        if (message.Role == Role.Tool && message.ToolCallId.Length == 0) return "A tool's message does not say which call it answers; expected the call's id.";
        if (message.Role != Role.Tool && message.ToolCallId.Length > 0) return "A message that is not a tool's names a call that it answers.";
        if (message.Role != Role.Assistant && !message.ToolCalls.IsDefaultOrEmpty) return "A message that is not the assistant's has tool calls.";
        if (message.ToolCalls.AsSpan().Length > Limits.MaxTools)
            return $"A message has {message.ToolCalls.Length} tool calls; at most {Limits.MaxTools} are allowed.";
        return ImageError(message);
    }

    private static string? ImageError(Message message)
    {
        if (message.Images.IsDefaultOrEmpty) return null;
        if (message.Role != Role.User) return "A message that is not the user's has an image.";
        if (message.Images.Length > Limits.MaxImages) return $"A message has {message.Images.Length} images; at most {Limits.MaxImages} are allowed.";
        var at = 0;
        foreach (var image in message.Images)
        {
            if (image.At < at || image.At > message.Text.Length) return "An image stands outside of its message's text, or before the image that it follows.";
            if (ImageRules.Error(image.Url) is { } error) return error;
            at = image.At;
        }

        return null;
    }

    private static bool IsEmpty(Message message) =>
        string.IsNullOrWhiteSpace(message.Text) && message.Role != Role.Tool && message.Images.IsDefaultOrEmpty && message.ToolCalls.IsDefaultOrEmpty;

    private static string? NotFinite(GenerationSettings settings)
    {
        if (settings.Temperature is { } temperature && !double.IsFinite(temperature)) return "temperature";
        if (settings.TopP is { } topP && !double.IsFinite(topP)) return "top_p";
        if (settings.FrequencyPenalty is { } frequency && !double.IsFinite(frequency)) return "frequency_penalty";
        return settings.PresencePenalty is { } presence && !double.IsFinite(presence) ? "presence_penalty" : null;
    }

    private static string? Unreadable(TurnContent content)
    {
        if (Broken(content.Model)) return "The model name";
        if (Broken(content.Instructions)) return "The instructions";
        foreach (var message in content.Messages)
        {
            if (Broken(message.Text) || (!message.IsPlain && HasBrokenPart(message))) return "A message";
        }

        foreach (var stop in content.Settings.Stop.AsSpan())
        {
            if (Broken(stop)) return "A stop sequence";
        }

        return null;
    }

    private static bool HasBrokenPart(Message message) =>
        Broken(message.ToolCallId) || Broken(message.Name)
        || message.Images.AsSpan().ToArray().Any(image => Broken(image.Url) || Broken(image.Detail))
        || message.ToolCalls.AsSpan().ToArray().Any(call => Broken(call.Id) || Broken(call.Name) || Broken(call.Arguments));

    private static bool Broken(string text) => UnicodeText.IndexOfLoneSurrogate(text) >= 0;

    private static DecisionAnswer.Rejected Invalid(string reason) => new(RejectionCode.Invalid, reason);
}
