using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using ActorLlm.Inspection;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>The requests that change something.</summary>
internal sealed class Orders(IInspection inspection, ISteering steering, IReplyOutbox outbox, Audit audit)
{
    private const int MaxBodyBytes = 64 * 1024;

    // A field that nobody reads would make another order of it.
    private static readonly JsonSerializerOptions Strict = new(AdminApi.Json)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    public Task LeaveAsync(HttpContext http, string who) => NodeAsync(http, who, "leave", "is leaving", steering.LeaveAsync);

    public Task DownAsync(HttpContext http, string who) => NodeAsync(http, who, "down", "is declared dead", steering.DownAsync);

    public Task ResumeAsync(HttpContext http, string who) => NodeAsync(http, who, "resume", "takes attempts again", steering.ResumeAsync);

    public async Task DrainAsync(HttpContext http, string who)
    {
        var order = await ReadNodeAsync(http);
        var empty = await audit.CarryOutAsync(
            http, who, "drain", order.Node,
            stop => steering.DrainAsync(order.Node, TimeSpan.FromSeconds(order.PatienceSeconds), stop),
            empty => empty ? "empty" : $"not empty after {order.PatienceSeconds} s; takes no new attempts");
        await Answers.WriteAsync(http, new DrainAnswer(empty));
    }

    public async Task CancelAsync(HttpContext http, string who)
    {
        var name = await ReadTurnAsync(http);
        await audit.CarryOutAsync(
            http, who, "cancel", name.ToString(),
            stop => FindAsync(name, () => steering.CancelAsync(name.Conversation, name.Turn, stop), stop),
            answer => answer is TurnSettled settled ? $"its outcome is {settled.Outcome.GetType().Name}" : "not cancelled yet");
        await Answers.WriteAsync(
            http,
            await inspection.ExplainAsync(name.Conversation, name.Turn, http.RequestAborted) ?? throw await name.NotFoundAsync(inspection, http.RequestAborted));
    }

    public async Task RequeueAsync(HttpContext http, string who)
    {
        var name = await ReadTurnAsync(http);
        var turn = await audit.CarryOutAsync(
            http, who, "requeue", name.ToString(),
            stop => FindAsync(name, () => steering.RequeueAsync(name.Conversation, name.Turn, stop), stop),
            turn => $"runs again as {turn}");
        await Answers.WriteAsync(http, new RequeueAnswer(turn.Value));
    }

    public async Task DecideAsync(HttpContext http, string who, bool granted)
    {
        var order = await ReadAsync<ApprovalOrder>(http, """{"turn":"ID","step":"KEY","conversation":"TENANT/NAME"}""");
        var name = TurnName.Read(order.Turn, order.Conversation, order.Tenant);
        if (!TurnId.TryParse(order.Step, out _, out _))
            throw RefusedException.Invalid($"The step is {RefusedException.Show(order.Step)}; expected is its key, as {AdminApi.Approvals} lists it.");
        if (order.Note?.Length > Limits.MaxReasonLength)
            throw RefusedException.Invalid($"The note has {order.Note.Length} characters; at most {Limits.MaxReasonLength} are allowed.");
        var (action, done) = granted ? ("grant", "granted") : ("refuse", "refused");
        await audit.CarryOutAsync(
            http, who, action, $"{name} {order.Step}",
            stop => steering.DecideAsync(new ApprovalDecision(name.Conversation, name.Turn, order.Step, granted, who, order.Note ?? ""), stop),
            _ => done);
        await Answers.WriteAsync(
            http,
            await inspection.ExplainAsync(name.Conversation, name.Turn, http.RequestAborted) ?? throw await name.NotFoundAsync(inspection, http.RequestAborted));
    }

    public async Task RetryAsync(HttpContext http, string who)
    {
        var order = await ReadAsync<RetryOrder>(http, """{"ids":["..."]}""");
        if (order.Ids.Count is 0 or > OutboxPicture.MaxLimit)
            throw RefusedException.Invalid($"ids has {order.Ids.Count} entries; allowed are 1 to {OutboxPicture.MaxLimit}, as {AdminApi.Outbox} lists them.");
        await audit.CarryOutAsync(
            http, who, "retry", string.Join(", ", order.Ids),
            async stop =>
            {
                await outbox.RetryAsync([.. order.Ids], stop);
                return order.Ids.Count;
            },
            count => $"{count} are tried anew, where they were parked");
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task NodeAsync(HttpContext http, string who, string action, string outcome, Func<string, CancellationToken, Task> work)
    {
        var order = await ReadNodeAsync(http);
        await audit.CarryOutAsync(
            http, who, action, order.Node,
            async stop =>
            {
                await work(order.Node, stop);
                return outcome;
            },
            outcome => outcome);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task<T> FindAsync<T>(TurnName name, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (TurnRejectedException rejected) when (rejected.Code == RejectionCode.NotFound)
        {
            throw await name.NotFoundAsync(inspection, cancellationToken);
        }
    }

    private static async Task<NodeOrder> ReadNodeAsync(HttpContext http)
    {
        var order = await ReadAsync<NodeOrder>(http, """{"node":"HOST:PORT"}""");
        if (order.Node.Length == 0) throw RefusedException.Invalid($"The node is empty; expected is its place in the cluster, host:port, as {AdminApi.Cluster} lists it.");
        if (order.Node.Any(char.IsControl)) throw RefusedException.Invalid("The node has control characters; expected is its place in the cluster, host:port.");
        if (order.PatienceSeconds is < 0 or > AdminApi.MaxPatienceSeconds)
            throw RefusedException.Invalid($"patienceSeconds is {order.PatienceSeconds}; allowed is 0 to {AdminApi.MaxPatienceSeconds}.");
        return order;
    }

    private static async Task<TurnName> ReadTurnAsync(HttpContext http)
    {
        var order = await ReadAsync<TurnOrder>(http, """{"turn":"ID","conversation":"TENANT/NAME"}""");
        return TurnName.Read(order.Turn, order.Conversation, order.Tenant);
    }

    private static async Task<T> ReadAsync<T>(HttpContext http, string example) where T : class
    {
        Query.Allow(http.Request);
        var body = await ReadBodyAsync(http);
        try
        {
            return JsonSerializer.Deserialize<T>(body.Span, Strict)
                ?? throw RefusedException.Invalid($"The body is null; expected is {example}.");
        }
        catch (JsonException error)
        {
            throw RefusedException.Invalid($"The body cannot be read: {error.Message.ReplaceLineEndings(" ")} Expected is {example}.");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext http)
    {
        var body = new byte[MaxBodyBytes + 1];
        var length = await http.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, http.RequestAborted);
        return length <= MaxBodyBytes
            ? body.AsMemory(0, length)
            : throw new RefusedException(HttpStatusCode.RequestEntityTooLarge, $"The body is larger than {MaxBodyBytes} bytes, the most allowed.");
    }
}
