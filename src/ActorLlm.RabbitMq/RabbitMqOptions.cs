using ActorLlm.Domain;

namespace ActorLlm.RabbitMq;

/// <summary>What an operator may set about the RabbitMQ bridge: configuration section <c>ActorLlm:RabbitMq</c>, checked at start.</summary>
public sealed class RabbitMqOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "ActorLlm:RabbitMq";

    /// <summary>Most of <see cref="MaxPending"/>.</summary>
    public const int PendingLimit = 10_000;

    /// <summary>Longest name of a queue, in UTF-8 bytes, as AMQP has it.</summary>
    public const int MaxQueueNameBytes = 255;

    /// <summary>The broker, such as <c>amqp://user:password@127.0.0.1:5672/vhost</c>, or <c>amqps://</c> for TLS. Empty, the default, for no bridge.</summary>
    public string Url { get; set; } = "";

    /// <summary>The queue whose messages become turns; default <c>llm_queue</c>.</summary>
    public string Queue { get; set; } = "llm_queue";

    /// <summary>Where the replies to messages without <c>reply_to</c> go; default <c>llm_reply_queue</c>.</summary>
    public string ReplyQueue { get; set; } = "llm_reply_queue";

    /// <summary>Where messages go that cannot be read, and replies that cannot be routed; empty, the default, for the queue's name with <c>.dead</c>.</summary>
    public string DeadLetterQueue { get; set; } = "";

    /// <summary>
    /// Whether queues that are missing are made durable; default true. A queue that is there is taken as it is. False for programs that declare the queues
    /// without durability and may start later than the bridge.
    /// </summary>
    public bool Durable { get; set; } = true;

    /// <summary>Most turns of this node's bridge that wait for their reply at once, which is also the consumer's prefetch: 1 to <see cref="PendingLimit"/>, default 256.</summary>
    public int MaxPending { get; set; } = 256;

    /// <summary>Attempts to publish a reply that the broker returns as unroutable, before it goes to the dead-letter queue: 1 to 1000, default 20, which take about 10 minutes.</summary>
    public int ReplyAttempts { get; set; } = 20;

    /// <summary>The tenant of messages that name none; default <c>default</c>.</summary>
    public string Tenant { get; set; } = ConversationId.DefaultTenant;

    /// <summary>Tenants that a message may name in <c>x-actorllm-tenant</c>; empty, the default, for any: then whoever may publish to the queue speaks for all tenants.</summary>
    public IReadOnlyList<string> Tenants { get; set; } = [];

    /// <summary>For each message type its model or module; an empty text is the default model. Types beside these are names of models or modules. Default <c>chat</c> for the default model.</summary>
    public IReadOnlyDictionary<string, string> Types { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["chat"] = "" };

    /// <summary>Whether there is a bridge.</summary>
    internal bool On => Url.Length > 0;

    internal string DeadLetters => DeadLetterQueue.Length > 0 ? DeadLetterQueue : $"{Queue}.dead";
}
