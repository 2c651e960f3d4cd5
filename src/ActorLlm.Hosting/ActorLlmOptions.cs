using ActorLlm.Backends;
using ActorLlm.Cluster;
using ActorLlm.Cluster.Images;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Cluster.Streams;
using ActorLlm.Domain;
using Microsoft.Extensions.Configuration;

namespace ActorLlm.Hosting;

/// <summary>The product's options: the configuration section <c>ActorLlm</c>.</summary>
public sealed class ActorLlmOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "ActorLlm";

    /// <summary>What the node does: any of <see cref="Cluster.Roles.All"/>, which is the default, and roles of modules.</summary>
    public IReadOnlyList<string> Roles { get; set; } = ActorLlm.Cluster.Roles.All;

    /// <summary>A PostgreSQL connection string. When it is set, <see cref="Sqlite"/> is not used.</summary>
    public string? Postgres { get; set; }

    /// <summary>Path of the SQLite file of a single node; default <c>data/actorllm.db</c>.</summary>
    public string Sqlite { get; set; } = Path.Combine("data", "actorllm.db");

    /// <summary>The node's place in the cluster.</summary>
    public ClusterOptions Cluster { get; set; } = new();

    /// <summary>The node's worker.</summary>
    public WorkerOptions Worker { get; set; } = new();

    /// <summary>Rules for conversations; the same on every node.</summary>
    public ConversationPolicy Conversations { get; set; } = new();

    /// <summary>Encryption of what is stored; the same on every node.</summary>
    public EncryptionOptions Encryption { get; set; } = new();

    /// <summary>Images at addresses; the same on every node.</summary>
    public ImageOptions Images { get; set; } = new();

    /// <summary>What the node tells of itself.</summary>
    public TelemetryOptions Telemetry { get; set; } = new();

    /// <summary>Delivery of replies by HTTP.</summary>
    public WebhookOptions Webhooks { get; set; } = new();

    /// <summary>How long a call waits for the durable acceptance of a turn: 1 s to 5 min, default 15 s.</summary>
    public TimeSpan AcceptTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Where conversations are stored, without its password, for messages to people.</summary>
    public string Place => string.IsNullOrWhiteSpace(Postgres) ? Path.GetFullPath(Journal().Place) : Journal().Place;

    internal JournalSettings Journal() =>
        string.IsNullOrWhiteSpace(Postgres) ? JournalSettings.Sqlite(Sqlite) : JournalSettings.PostgreSql(Postgres);

    internal NodeSettings Node(TimeProvider time) =>
        new(Journal(), Conversations, Worker.Concurrency, Worker.StreamDurability, Worker.DrainTimeout, AcceptTimeout, time)
        {
            CaptureContent = Telemetry.CaptureContent,
            TargetWait = Worker.TargetWait,
            Images = Images,
        };

    /// <summary>A list may be written as an array or as one text with commas, which is easier in an environment variable.</summary>
    internal static void BindLists(ActorLlmOptions options, IConfigurationSection section)
    {
        if (SettingList.Read(section.GetSection(nameof(Roles))) is { } roles) options.Roles = roles;
        if (SettingList.Read(section.GetSection(nameof(Images)).GetSection(nameof(ImageOptions.AllowedHosts))) is { } images) options.Images.AllowedHosts = images;
        if (SettingList.Read(section.GetSection(nameof(Webhooks)).GetSection(nameof(WebhookOptions.AllowedHosts))) is { } webhooks) options.Webhooks.AllowedHosts = webhooks;
        ClusterOptions.BindLists(options.Cluster, section.GetSection(nameof(Cluster)));
        EncryptionOptions.BindLists(options.Encryption, section.GetSection(nameof(Encryption)));
    }
}

/// <summary>The node's worker: <c>ActorLlm:Worker</c>.</summary>
public sealed class WorkerOptions
{
    /// <summary>Attempts at once, those of modules aside: 1 to 100000, default 256.</summary>
    public int Concurrency { get; set; } = 256;

    /// <summary>
    /// The wait for a place that 99 of 100 attempts are not to exceed: 1 ms to 1 h, default 1 s. The places that this takes are what the autoscale signal says; nothing else follows from it. The same on every node.
    /// </summary>
    public TimeSpan TargetWait { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What of a streamed reply is stored before it is shown: <see cref="StreamDurability.None"/>, <see cref="StreamDurability.Batched"/> (the default) or
    /// <see cref="StreamDurability.EveryChunk"/>.
    /// </summary>
    public StreamDurability StreamDurability { get; set; } = StreamDurability.Batched;

    /// <summary>How long running attempts, and calls from this node, may go on when the node shuts down: 0 s to 100 s, default 20 s. Then attempts are handed to other nodes.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(20);
}
