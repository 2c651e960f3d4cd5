using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

/// <summary>The values that events and messages share.</summary>
internal static class ValueMapping
{
    public static long Ms(this DateTimeOffset time) => time.ToUnixTimeMilliseconds();

    public static DateTimeOffset Time(this long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    /// <summary>A part without which the whole means nothing; protobuf reads a missing one as null.</summary>
    public static T Required<T>(this T? part, string name) where T : class => part ?? throw new FormatException($"The {name} is missing.");

    public static TurnId Turn(this string text) => TurnId.Parse(text);

    public static ConversationId Conversation(this string text) => ConversationId.Parse(text);

    public static MessageProto ToProto(this Message message) => new() { Role = (int)message.Role, Text = message.Text };

    public static ImmutableArray<Message> FromProto(this IEnumerable<MessageProto> messages) =>
        [.. messages.Select(message => new Message((Role)message.Role, message.Text))];

    public static ContentProto ToProto(this TurnContent content)
    {
        var proto = new ContentProto { Model = content.Model };
        foreach (var message in content.Messages.AsSpan()) proto.Messages.Add(message.ToProto());
        if (content.Settings != GenerationSettings.Default) proto.Settings = content.Settings.ToProto();
        return proto;
    }

    public static TurnContent FromProto(this ContentProto proto) => new(
        proto.Model, proto.Messages.FromProto(), proto.Settings is null ? GenerationSettings.Default : proto.Settings.FromProto());

    public static ReplyProto ToProto(this Reply reply)
    {
        var proto = new ReplyProto { Text = reply.Text, Model = reply.Model, Backend = reply.Backend, FinishReason = reply.FinishReason };
        if (reply.Usage.InputTokens is { } input) proto.InputTokens = input;
        if (reply.Usage.OutputTokens is { } output) proto.OutputTokens = output;
        return proto;
    }

    public static Reply FromProto(this ReplyProto proto) => new(
        proto.Text,
        proto.Model,
        proto.Backend,
        proto.FinishReason,
        new Usage(proto.HasInputTokens ? proto.InputTokens : null, proto.HasOutputTokens ? proto.OutputTokens : null));

    public static ExchangeProto ToProto(this Exchange exchange)
    {
        var proto = new ExchangeProto { Turn = exchange.Turn.Value, Reply = exchange.Reply.ToProto() };
        foreach (var message in exchange.Messages) proto.Messages.Add(message.ToProto());
        return proto;
    }

    public static Exchange FromProto(this ExchangeProto proto) =>
        new(proto.Turn.Turn(), proto.Messages.FromProto(), proto.Reply.Required("reply").FromProto());

    public static OutcomeProto ToProto(this Outcome outcome) => outcome switch
    {
        Outcome.Committed committed => new OutcomeProto { Committed = committed.Reply.ToProto() },
        Outcome.Failed failed => new OutcomeProto { Failed = new FailedProto { Kind = (int)failed.Kind, Reason = failed.Reason } },
        Outcome.Cancelled cancelled => new OutcomeProto { CancelledBy = (int)cancelled.By },
        _ => throw new ArgumentException($"Unknown outcome {outcome.GetType().Name}.", nameof(outcome)),
    };

    public static Outcome FromProto(this OutcomeProto proto) => proto.OutcomeCase switch
    {
        OutcomeProto.OutcomeOneofCase.Committed => new Outcome.Committed(proto.Committed.FromProto()),
        OutcomeProto.OutcomeOneofCase.Failed => new Outcome.Failed((FailureKind)proto.Failed.Kind, proto.Failed.Reason),
        OutcomeProto.OutcomeOneofCase.CancelledBy => new Outcome.Cancelled((CancelledBy)proto.CancelledBy),
        _ => throw new FormatException("An outcome is missing."),
    };

    private static SettingsProto ToProto(this GenerationSettings settings)
    {
        var proto = new SettingsProto();
        if (settings.Temperature is { } temperature) proto.Temperature = temperature;
        if (settings.TopP is { } topP) proto.TopP = topP;
        if (settings.MaxOutputTokens is { } max) proto.MaxOutputTokens = max;
        if (settings.Seed is { } seed) proto.Seed = seed;
        if (settings.FrequencyPenalty is { } frequency) proto.FrequencyPenalty = frequency;
        if (settings.PresencePenalty is { } presence) proto.PresencePenalty = presence;
        foreach (var stop in settings.Stop.AsSpan()) proto.Stop.Add(stop);
        return proto;
    }

    private static GenerationSettings FromProto(this SettingsProto proto) => new(
        proto.HasTemperature ? proto.Temperature : null,
        proto.HasTopP ? proto.TopP : null,
        proto.HasMaxOutputTokens ? proto.MaxOutputTokens : null,
        proto.HasSeed ? proto.Seed : null,
        proto.HasFrequencyPenalty ? proto.FrequencyPenalty : null,
        proto.HasPresencePenalty ? proto.PresencePenalty : null,
        [.. proto.Stop]);
}
