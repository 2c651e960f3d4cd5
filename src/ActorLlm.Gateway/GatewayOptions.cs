using ActorLlm.Domain;

namespace ActorLlm.Gateway;

/// <summary>What an operator may set about the HTTP face: configuration section <c>ActorLlm:Gateway</c>, checked at start.</summary>
public sealed class GatewayOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "ActorLlm:Gateway";

    /// <summary>
    /// How long a request that is not streamed waits for its reply: 1 s to 1 day, default 10 min. The turn itself goes on after that.
    /// </summary>
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Silence after which a stream is shown to be alive: 1 s to 5 min, default 15 s. Until then a stream that has no text yet
    /// keeps its status open, so that a failure can still be one.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Largest request body in bytes: 65,536 to 67,108,864, default 8 MiB. Its text is bounded to 1 MiB besides; JSON escapes make
    /// the body up to six times as large. It takes the place of the server's own limit for these requests.
    /// </summary>
    public int MaxRequestBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>
    /// Calls at once, running or waiting, that this node makes without storing them, embeddings included: 1 to 100,000, default 4096. Beyond it a client gets 429. How many
    /// run is bounded for each backend besides.
    /// </summary>
    public int MaxDirectCalls { get; set; } = 4096;

    /// <summary>
    /// The keys that clients may send as <c>Authorization: Bearer KEY</c>. With at least one, every request under <c>/v1</c> needs one; without
    /// any, the default, only this machine is served, and a host that listens for others does not start.
    /// </summary>
    public IReadOnlyList<ApiKeyOptions> ApiKeys { get; set; } = [];

    /// <summary>
    /// Whether anyone who reaches the server may use it without a key, as the tenant <see cref="ConversationId.DefaultTenant"/>: for those who put
    /// an authentication of their own in front. Default false.
    /// </summary>
    public bool AllowAnonymous { get; set; }
}

/// <summary>One key that clients may send: configuration section <c>ActorLlm:Gateway:ApiKeys:0</c> and so on.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>
    /// The tenant whose conversations the key opens: 1 to <see cref="Limits.MaxTenantLength"/> visible ASCII characters without a slash, default
    /// <see cref="ConversationId.DefaultTenant"/>. A tenant may have several keys.
    /// </summary>
    public string Tenant { get; set; } = ConversationId.DefaultTenant;

    /// <summary>The key's hash, as <c>actorllm key new</c> prints it: <c>sha256:</c> and 64 hexadecimal digits. Never the key itself.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Where it stands in the configuration; null where code made it.</summary>
    internal string? Path { get; init; }
}
