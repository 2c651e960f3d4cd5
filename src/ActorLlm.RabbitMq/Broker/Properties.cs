using System.Globalization;
using System.Text;
using ActorLlm.RabbitMq.Codec;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace ActorLlm.RabbitMq.Broker;

/// <summary>Between AMQP's properties and the codec's words.</summary>
internal static class Properties
{
    public const string ReasonHeader = "x-actorllm-reason";
    public const string TurnHeader = "x-actorllm-turn";

    private const string ReplyToHeader = "x-actorllm-reply-to";
    private const string Json = "application/json";

    public static Inbound Read(BasicDeliverEventArgs message) => new(message.Body.ToArray())
    {
        MessageId = message.BasicProperties.MessageId,
        CorrelationId = message.BasicProperties.CorrelationId,
        ReplyTo = message.BasicProperties.ReplyTo,
        Headers = (message.BasicProperties.Headers ?? new Dictionary<string, object?>())
            .Where(header => header.Value is byte[] or string or IConvertible)
            .GroupBy(header => header.Key.ToLowerInvariant(), StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => TextOf(same.First().Value!), StringComparer.Ordinal),
    };

    /// <summary>Of a reply. Its message id is the same however often it is published.</summary>
    public static BasicProperties OfReply(string correlation, string messageId, string conversation, string turn) => new()
    {
        ContentType = Json,
        DeliveryMode = DeliveryModes.Persistent,
        CorrelationId = correlation,
        MessageId = messageId,
        Headers = new Dictionary<string, object?> { [RequestReader.ConversationHeader] = conversation, [TurnHeader] = turn },
    };

    /// <summary>Of an error that no turn stands behind.</summary>
    public static BasicProperties OfRefusal(string correlation) => new()
    {
        ContentType = Json,
        DeliveryMode = DeliveryModes.Persistent,
        CorrelationId = correlation,
    };

    /// <summary>The same for the dead-letter queue, with why it is there.</summary>
    public static BasicProperties Dead(BasicProperties properties, string reason, string? replyTo = null)
    {
        var headers = new Dictionary<string, object?>(properties.Headers ?? new Dictionary<string, object?>()) { [ReasonHeader] = reason };
        if (replyTo is not null) headers[ReplyToHeader] = replyTo;
        // A time to live was for the queue it was sent to, and a user's name is checked against ours.
        var dead = new BasicProperties(properties) { DeliveryMode = DeliveryModes.Persistent, Headers = headers };
        dead.ClearExpiration();
        dead.ClearUserId();
        return dead;
    }

    private static string TextOf(object value) => value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
