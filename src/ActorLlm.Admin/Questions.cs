using ActorLlm.Hosting;
using ActorLlm.Inspection;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>The requests that change nothing.</summary>
internal sealed class Questions(IInspection inspection, IAuditLog audit, IReplyOutbox outbox)
{
    private const int DefaultPage = 100;

    public async Task ClusterAsync(HttpContext http)
    {
        Query.Allow(http.Request);
        await Answers.WriteAsync(http, await inspection.GetClusterAsync(http.RequestAborted));
    }

    public async Task ShardsAsync(HttpContext http)
    {
        Query.Allow(http.Request);
        await Answers.WriteAsync(http, await inspection.GetShardsAsync(http.RequestAborted));
    }

    public async Task WorkersAsync(HttpContext http)
    {
        Query.Allow(http.Request);
        await Answers.WriteAsync(http, await inspection.GetWorkersAsync(http.RequestAborted));
    }

    public async Task CapacityAsync(HttpContext http)
    {
        Query.Allow(http.Request);
        await Answers.WriteAsync(http, await inspection.GetCapacityAsync(http.RequestAborted));
    }

    public async Task DoctorAsync(HttpContext http)
    {
        Query.Allow(http.Request);
        await Answers.WriteAsync(http, await inspection.ExamineAsync(http.RequestAborted));
    }

    public async Task ConversationsAsync(HttpContext http)
    {
        Query.Allow(http.Request, "tenant", "before", "limit");
        var filter = new ConversationFilter(
            Query.Text(http.Request, "tenant") is { } tenant ? Query.Tenant(tenant) : null,
            Query.Whole(http.Request, "before", 0, long.MaxValue),
            (int)(Query.Whole(http.Request, "limit", 1, ConversationFilter.MaxLimit) ?? DefaultPage));
        await Answers.WriteAsync(http, await inspection.ListAsync(filter, http.RequestAborted));
    }

    public async Task ConversationAsync(HttpContext http)
    {
        Query.Allow(http.Request, "id");
        var id = Query.Conversation(http.Request, "id");
        await Answers.WriteAsync(
            http,
            await inspection.GetConversationAsync(id, http.RequestAborted)
            ?? throw RefusedException.NotFound($"There is no conversation {id}. 'actorllm conversations list' (GET {AdminApi.Conversations}) tells which there are."));
    }

    public async Task ExplainAsync(HttpContext http)
    {
        Query.Allow(http.Request, "turn", "conversation", "tenant");
        var name = TurnName.Read(Query.Text(http.Request, "turn"), Query.Text(http.Request, "conversation"), Query.Text(http.Request, "tenant"));
        await Answers.WriteAsync(
            http,
            await inspection.ExplainAsync(name.Conversation, name.Turn, http.RequestAborted) ?? throw await name.NotFoundAsync(inspection, http.RequestAborted));
    }

    public async Task ApprovalsAsync(HttpContext http)
    {
        Query.Allow(http.Request, "tenant");
        var tenant = Query.Text(http.Request, "tenant") is { } name ? Query.Tenant(name) : null;
        await Answers.WriteAsync(http, await inspection.ListApprovalsAsync(tenant, http.RequestAborted));
    }

    public async Task OutboxAsync(HttpContext http)
    {
        Query.Allow(http.Request, "limit");
        var limit = (int)(Query.Whole(http.Request, "limit", 1, OutboxPicture.MaxLimit) ?? DefaultPage);
        var (parked, waiting) = (await outbox.ListAsync(parked: true, limit, http.RequestAborted), await outbox.ListAsync(parked: false, limit, http.RequestAborted));
        await Answers.WriteAsync(http, new OutboxPicture([.. parked.Select(Picture)], [.. waiting.Select(Picture)]));
    }

    public async Task AuditAsync(HttpContext http)
    {
        Query.Allow(http.Request, "before", "limit");
        var limit = (int)(Query.Whole(http.Request, "limit", 1, AuditEntry.MaxPage) ?? DefaultPage);
        await Answers.WriteAsync(http, await audit.ListAsync(Query.Whole(http.Request, "before", 1, long.MaxValue), limit, http.RequestAborted));
    }

    private static OwedPicture Picture(OwedReply owed) => new(
        owed.Id, owed.Conversation.Value, owed.Turn.Value, owed.Target.Carrier, owed.Target.Address, owed.Since, owed.Refusals, owed.Reason);
}
