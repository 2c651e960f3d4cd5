namespace ActorLlm.Chaos.Journal;

/// <summary>What of a journal belongs to a run.</summary>
/// <param name="Tenant">Whose conversations they are.</param>
/// <param name="Prefix">How the names of its conversations begin; empty for all of them.</param>
/// <param name="Since">Rows inserted up to this one are older than the run.</param>
internal sealed record JournalScope(string Tenant, string Prefix, long Since)
{
    /// <summary>All of a journal that the run has for itself.</summary>
    public static JournalScope All(string tenant) => new(tenant, "", 0);

    /// <summary>How the persistence ids of the tenant's conversations begin; the name follows.</summary>
    public string ConversationPrefix => $"conversation/{Tenant}/";
}
