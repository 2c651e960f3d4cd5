using ActorLlm.Domain;
using ActorLlm.Hosting;
using ActorLlm.Inspection;

namespace ActorLlm.Admin;

/// <summary>The turn that an operator means, who has an id of the HTTP face in hand.</summary>
/// <param name="Conversation">Its conversation.</param>
/// <param name="Turn">The turn.</param>
internal readonly record struct TurnName(ConversationId Conversation, TurnId Turn)
{
    private const string HowToName =
        $"Give the value of the header {TurnHeader.Name} that came with the answer ('tenant/name turn'), or the conversation (tenant/name) and the turn (its Idempotency-Key).";

    /// <summary>Reads it as it stands in a request.</summary>
    /// <exception cref="RefusedException">It names no turn.</exception>
    public static TurnName Read(string? turn, string? conversation, string? tenant)
    {
        if (string.IsNullOrEmpty(turn)) throw RefusedException.Invalid($"The turn is missing. {HowToName}");
        if (!string.IsNullOrEmpty(conversation)) return new TurnName(Query.Conversation(conversation, "The conversation"), Parse(turn));
        if (TurnHeader.TryRead(turn, out var named, out var inHeader)) return new TurnName(named, inHeader);
        var owner = Query.Tenant(tenant);
        if (ResponseId.TryRead(turn, owner, out var ofResponse, out var answered)) return new TurnName(ofResponse, answered.Value);
        if (turn.StartsWith("resp_", StringComparison.Ordinal))
            throw RefusedException.Invalid($"The id {RefusedException.Show(turn)} is of a response that was not stored (store=false), so that nothing is known of it.");
        if (turn.StartsWith("chatcmpl-", StringComparison.Ordinal))
            throw RefusedException.Invalid($"The id {RefusedException.Show(turn)} is a hash: neither conversation nor turn can be read from it. {HowToName}");
        var key = Parse(turn);
        return new TurnName(Ids.ConversationOf(owner, key), key);
    }

    /// <summary>As the HTTP face and the audit log write it.</summary>
    public override string ToString() => TurnHeader.Of(Conversation, Turn);

    /// <summary>Says that there is no such turn, and what there is instead.</summary>
    public async Task<RefusedException> NotFoundAsync(IInspection inspection, CancellationToken cancellationToken)
    {
        if (await inspection.GetConversationAsync(Conversation, cancellationToken) is not { } picture)
        {
            return RefusedException.NotFound(
                $"There is no conversation {Conversation}"
                + (Conversation == Ids.ConversationOf(Conversation.Tenant, Turn)
                    ? $", where the turn {Turn} of the tenant {Conversation.Tenant} is if it was sent with this Idempotency-Key and no conversation. {HowToName}"
                    : $". 'actorllm conversations list' (GET {AdminApi.Conversations}) tells which there are."));
        }

        var latest = string.Join(", ", picture.Turns.TakeLast(5).Reverse().Select(turn => turn.Turn));
        return RefusedException.NotFound($"The conversation {Conversation} has no turn {Turn}; its latest are {(latest.Length > 0 ? latest : "none")}.");
    }

    private static TurnId Parse(string turn) => TurnId.TryParse(turn, out var id, out var error)
        ? id
        : throw RefusedException.Invalid($"The turn is {RefusedException.Show(turn)}, which is no turn id. {error} {HowToName}");
}
