using ActorLlm.Inspection;

namespace ActorLlm.Admin;

/// <summary>What an operator may set about the admin endpoint: configuration section <c>ActorLlm:Admin</c>, checked at start.</summary>
public sealed class AdminOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "ActorLlm:Admin";

    /// <summary>Where the endpoint listens unless <see cref="Url"/> says otherwise.</summary>
    public const string DefaultUrl = AdminApi.DefaultUrl;

    /// <summary>
    /// Where the endpoint listens, such as <c>http://127.0.0.1:8071</c>; an address that other machines reach needs a key. Empty turns it off. Null, the
    /// default, is <see cref="DefaultUrl"/> where that is free: where it is not, the node has no admin endpoint and says so.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>The keys that operators may send as <c>Authorization: Bearer KEY</c>. With at least one, every request needs one, on loopback too.</summary>
    public IReadOnlyList<AdminKeyOptions> Keys { get; set; } = [];
}

/// <summary>One key of an operator: configuration section <c>ActorLlm:Admin:Keys:0</c> and so on.</summary>
public sealed class AdminKeyOptions
{
    /// <summary>
    /// What the audit log calls whoever sends the key: 1 to <see cref="Domain.Limits.MaxTenantLength"/> visible ASCII characters, and none of
    /// <see cref="Hosting.OrderAudit.Reserved"/>; empty, the default, for its place in the configuration, such as <c>Keys:0</c>.
    /// </summary>
    public string Name { get; set; } = "";

    /// <summary>The key's hash, as <c>actorllm key new</c> prints it: <c>sha256:</c> and 64 hexadecimal digits. Never the key itself.</summary>
    public string Hash { get; set; } = "";

    /// <summary>Where it stands in the configuration, below the section; null where code made it.</summary>
    internal string? Place { get; init; }

    /// <summary>What the audit log calls it.</summary>
    internal string NameAt(int index) => Name.Length > 0 ? Name : PlaceAt(index);

    internal string PlaceAt(int index) => Place ?? $"{nameof(AdminOptions.Keys)}:{index}";
}
