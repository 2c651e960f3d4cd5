using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorLlm.Inspection;

/// <summary>The admin endpoint's paths and its JSON, for those who serve it and those who call it.</summary>
public static class AdminApi
{
    /// <summary>Where the endpoint listens, and is asked, unless told otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8070";

    /// <summary>The header by which the HTTP face tells with each answer which turn it is about, for those who look for it here.</summary>
    public const string TurnHeader = "x-actorllm-turn";

    /// <summary>The longest that an order may wait for what it ordered, in seconds.</summary>
    public const int MaxPatienceSeconds = 600;

    /// <summary>GET: a <see cref="ClusterPicture"/>.</summary>
    public const string Cluster = "/admin/v1/cluster";

    /// <summary>GET: a <see cref="ClusterPicture"/> as a JSON line, then another one whenever it changes, until the client leaves.</summary>
    public const string Watch = "/admin/v1/cluster/watch";

    /// <summary>GET: a <see cref="ShardsPicture"/>.</summary>
    public const string Shards = "/admin/v1/shards";

    /// <summary>GET: a <see cref="WorkersPicture"/>.</summary>
    public const string Workers = "/admin/v1/workers";

    /// <summary>GET: a <see cref="CapacityPicture"/>.</summary>
    public const string Capacity = "/admin/v1/capacity";

    /// <summary>GET with <c>tenant</c>, <c>before</c> and <c>limit</c>: a <see cref="ConversationPage"/>.</summary>
    public const string Conversations = "/admin/v1/conversations";

    /// <summary>GET with <c>id</c>: a <see cref="ConversationPicture"/>.</summary>
    public const string Conversation = "/admin/v1/conversation";

    /// <summary>GET with <c>id</c>: everything that the conversation holds, text included, as JSON lines: an <see cref="ExportedConversation"/>, then each <see cref="ExportedTurn"/>; written to the audit log.</summary>
    public const string Export = "/admin/v1/conversation/export";

    /// <summary>GET with <c>conversation</c> and <c>turn</c>, or with <c>turn</c> (and <c>tenant</c>) alone where it tells its conversation: a <see cref="TurnLife"/>.</summary>
    public const string Explain = "/admin/v1/explain";

    /// <summary>GET: a <see cref="DoctorReport"/>.</summary>
    public const string Doctor = "/admin/v1/doctor";

    /// <summary>GET with <c>before</c> and <c>limit</c>: an <see cref="AuditPage"/>.</summary>
    public const string Audit = "/admin/v1/audit";

    /// <summary>GET with <c>limit</c>: an <see cref="OutboxPicture"/>.</summary>
    public const string Outbox = "/admin/v1/outbox";

    /// <summary>POST a <see cref="RetryOrder"/>.</summary>
    public const string OutboxRetry = "/admin/v1/outbox/retry";

    /// <summary>POST a <see cref="NodeOrder"/>.</summary>
    public const string Leave = "/admin/v1/cluster/leave";

    /// <summary>POST a <see cref="NodeOrder"/>.</summary>
    public const string Down = "/admin/v1/cluster/down";

    /// <summary>POST a <see cref="NodeOrder"/>: a <see cref="DrainAnswer"/>.</summary>
    public const string Drain = "/admin/v1/drain";

    /// <summary>POST a <see cref="NodeOrder"/>.</summary>
    public const string Resume = "/admin/v1/drain/resume";

    /// <summary>POST a <see cref="TurnOrder"/>: the turn's <see cref="TurnLife"/> after it.</summary>
    public const string Cancel = "/admin/v1/cancel";

    /// <summary>POST a <see cref="TurnOrder"/>: a <see cref="RequeueAnswer"/>.</summary>
    public const string Requeue = "/admin/v1/requeue";

    /// <summary>GET with <c>tenant</c>: an <see cref="ApprovalsPicture"/>.</summary>
    public const string Approvals = "/admin/v1/approvals";

    /// <summary>POST an <see cref="ApprovalOrder"/>: the turn's <see cref="TurnLife"/> after it.</summary>
    public const string Grant = "/admin/v1/approvals/grant";

    /// <summary>POST an <see cref="ApprovalOrder"/>: the turn's <see cref="TurnLife"/> after it.</summary>
    public const string Refuse = "/admin/v1/approvals/refuse";

    /// <summary>How all of it is written: camelCase, enums by name, what is null left out.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // What a record works out from its fields is no field.
        IgnoreReadOnlyProperties = true,
    };
}

/// <summary>An order about a node.</summary>
/// <param name="Node">Its place in the cluster, <c>host:port</c>.</param>
/// <param name="PatienceSeconds">How long the answer is waited for where something is waited for: 0 to 600.</param>
public sealed record NodeOrder(string Node, int PatienceSeconds = 60);

/// <summary>An order about a turn.</summary>
/// <param name="Turn">Its id; one of the HTTP face that tells its conversation stands alone.</param>
/// <param name="Conversation">Its conversation, <c>tenant/name</c>; null where the id tells it.</param>
/// <param name="Tenant">Whose turn it is, where the id does not tell; null for the tenant <c>default</c>.</param>
public sealed record TurnOrder(string Turn, string? Conversation = null, string? Tenant = null);

/// <summary>A decision on an approval.</summary>
/// <param name="Turn">The turn that waits for it, as in a <see cref="TurnOrder"/>.</param>
/// <param name="Step">The step's key.</param>
/// <param name="Conversation">Its conversation, <c>tenant/name</c>; null where the turn's id tells it.</param>
/// <param name="Tenant">Whose turn it is, where the id does not tell; null for the tenant <c>default</c>.</param>
/// <param name="Note">What the module is told with it; null for nothing.</param>
public sealed record ApprovalOrder(string Turn, string Step, string? Conversation = null, string? Tenant = null, string? Note = null);

/// <summary>What became of a drain.</summary>
/// <param name="Empty">Whether the worker held nothing any more when the wait ended.</param>
public sealed record DrainAnswer(bool Empty);

/// <summary>What became of a requeue.</summary>
/// <param name="Turn">The new turn.</param>
public sealed record RequeueAnswer(string Turn);

/// <summary>Why a request to the admin endpoint was refused or failed.</summary>
/// <param name="Error">What was wrong, what was expected and what to do.</param>
public sealed record AdminError(string Error);
