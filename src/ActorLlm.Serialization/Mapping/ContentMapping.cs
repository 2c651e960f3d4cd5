using System.Collections.Immutable;
using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

/// <summary>What was asked, and what was replied.</summary>
internal static class ContentMapping
{
    public static MessageProto ToProto(this Message message)
    {
        var proto = new MessageProto { Role = (int)message.Role, Text = message.Text, ToolCallId = message.ToolCallId, Name = message.Name };
        foreach (var image in message.Images.AsSpan()) proto.Images.Add(new ImageProto { At = image.At, Url = image.Url, Detail = image.Detail });
        foreach (var call in message.ToolCalls.AsSpan()) proto.ToolCalls.Add(call.ToProto());
        return proto;
    }

    public static IEnumerable<MessageProto> ToProto(this ImmutableArray<Message> messages) => messages.Select(ToProto);

    public static ImmutableArray<Message> FromProto(this IEnumerable<MessageProto> messages) => [.. messages.Select(FromProto)];

    public static ContentProto ToProto(this TurnContent content)
    {
        var proto = new ContentProto { Model = content.Model, Instructions = content.Instructions, Note = content.Note };
        foreach (var message in content.Messages.AsSpan()) proto.Messages.Add(message.ToProto());
        if (content.Settings != GenerationSettings.Default) proto.Settings = content.Settings.ToProto();
        foreach (var module in content.Lineage.AsSpan()) proto.Lineage.Add(module);
        if (content.Parent is { } parent)
            proto.Parent = new ParentStepProto { Conversation = parent.Conversation.Value, Turn = parent.Turn.Value, Key = parent.Key };
        return proto;
    }

    public static TurnContent FromProto(this ContentProto proto) => new(
        proto.Model, proto.Messages.FromProto(), proto.Settings is null ? GenerationSettings.Default : proto.Settings.FromProto())
    {
        Instructions = proto.Instructions,
        Note = proto.Note,
        Lineage = [.. proto.Lineage],
        Parent = proto.Parent is { } parent ? new ParentStep(parent.Conversation.Conversation(), parent.Turn.Turn(), parent.Key) : null,
    };

    public static ReplyProto ToProto(this Reply reply)
    {
        var proto = new ReplyProto
        {
            Text = reply.Text,
            Model = reply.Model,
            Backend = reply.Backend,
            FinishReason = reply.FinishReason,
            Refusal = reply.Refusal,
            Reasoning = reply.Reasoning,
            SystemFingerprint = reply.SystemFingerprint,
            ServiceTier = reply.ServiceTier,
        };
        foreach (var call in reply.ToolCalls.AsSpan()) proto.ToolCalls.Add(call.ToProto());
        if (reply.Usage.InputTokens is { } input) proto.InputTokens = input;
        if (reply.Usage.OutputTokens is { } output) proto.OutputTokens = output;
        if (reply.Usage.CachedInputTokens is { } cached) proto.CachedInputTokens = cached;
        if (reply.Usage.ReasoningTokens is { } reasoning) proto.ReasoningTokens = reasoning;
        return proto;
    }

    public static Reply FromProto(this ReplyProto proto) => new(
        proto.Text,
        proto.Model,
        proto.Backend,
        proto.FinishReason,
        new Usage(proto.HasInputTokens ? proto.InputTokens : null, proto.HasOutputTokens ? proto.OutputTokens : null)
        {
            CachedInputTokens = proto.HasCachedInputTokens ? proto.CachedInputTokens : null,
            ReasoningTokens = proto.HasReasoningTokens ? proto.ReasoningTokens : null,
        })
    {
        Refusal = proto.Refusal,
        Reasoning = proto.Reasoning,
        SystemFingerprint = proto.SystemFingerprint,
        ServiceTier = proto.ServiceTier,
        ToolCalls = [.. proto.ToolCalls.Select(FromProto)],
    };

    private static Message FromProto(MessageProto proto) => new((Role)proto.Role, proto.Text)
    {
        Images = [.. proto.Images.Select(image => new ImagePart(image.At, image.Url, image.Detail))],
        ToolCalls = [.. proto.ToolCalls.Select(FromProto)],
        ToolCallId = proto.ToolCallId,
        Name = proto.Name,
    };

    private static ToolCallProto ToProto(this ToolCall call) => new() { Id = call.Id, Name = call.Name, Arguments = call.Arguments };

    private static ToolCall FromProto(ToolCallProto proto) => new(proto.Id, proto.Name, proto.Arguments);

    private static SettingsProto ToProto(this GenerationSettings settings)
    {
        var proto = new SettingsProto { PassOn = settings.PassOn, MaxTokensByOldName = settings.MaxTokensByOldName };
        if (settings.Temperature is { } temperature) proto.Temperature = temperature;
        if (settings.TopP is { } topP) proto.TopP = topP;
        if (settings.MaxOutputTokens is { } max) proto.MaxOutputTokens = max;
        if (settings.Seed is { } seed) proto.Seed = seed;
        if (settings.FrequencyPenalty is { } frequency) proto.FrequencyPenalty = frequency;
        if (settings.PresencePenalty is { } presence) proto.PresencePenalty = presence;
        foreach (var stop in settings.Stop.AsSpan()) proto.Stop.Add(stop);
        foreach (var tool in settings.Tools.AsSpan()) proto.Tools.Add(tool.ToProto());
        if (settings.ToolChoice is { } choice) proto.ToolChoice = new ToolChoiceProto { Kind = (int)choice.Kind, Name = choice.Name };
        if (settings.ParallelToolCalls is { } parallel) proto.ParallelToolCalls = parallel;
        if (settings.Format is { } format) proto.Format = format.ToProto();
        return proto;
    }

    private static GenerationSettings FromProto(this SettingsProto proto) => new(
        proto.HasTemperature ? proto.Temperature : null,
        proto.HasTopP ? proto.TopP : null,
        proto.HasMaxOutputTokens ? proto.MaxOutputTokens : null,
        proto.HasSeed ? proto.Seed : null,
        proto.HasFrequencyPenalty ? proto.FrequencyPenalty : null,
        proto.HasPresencePenalty ? proto.PresencePenalty : null,
        [.. proto.Stop])
    {
        Tools = [.. proto.Tools.Select(tool => new ToolDefinition(tool.Name, tool.Description, tool.Parameters, tool.HasStrict ? tool.Strict : null))],
        ToolChoice = proto.ToolChoice is { } choice ? new ToolChoice((ToolChoiceKind)choice.Kind, choice.Name) : null,
        ParallelToolCalls = proto.HasParallelToolCalls ? proto.ParallelToolCalls : null,
        Format = proto.Format is { } format
            ? new ReplyFormat((ReplyFormatKind)format.Kind, format.Name, format.Description, format.Schema, format.HasStrict ? format.Strict : null)
            : null,
        PassOn = proto.PassOn,
        MaxTokensByOldName = proto.MaxTokensByOldName,
    };

    private static ToolProto ToProto(this ToolDefinition tool)
    {
        var proto = new ToolProto { Name = tool.Name, Description = tool.Description, Parameters = tool.Parameters };
        if (tool.Strict is { } strict) proto.Strict = strict;
        return proto;
    }

    private static ReplyFormatProto ToProto(this ReplyFormat format)
    {
        var proto = new ReplyFormatProto { Kind = (int)format.Kind, Name = format.Name, Description = format.Description, Schema = format.Schema };
        if (format.Strict is { } strict) proto.Strict = strict;
        return proto;
    }
}
