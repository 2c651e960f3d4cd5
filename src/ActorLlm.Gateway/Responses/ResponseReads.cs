using System.Globalization;
using System.Text.Json.Nodes;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Items;
using ActorLlm.Gateway.Keys;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Responses;

/// <summary>What can be asked of a response that is stored.</summary>
internal sealed class ResponseReads(IConversations conversations, IConversationRecords records, IModels models, ResponsesEndpoint responses)
{
    /// <summary><c>GET /v1/responses/{id}</c>, with <c>stream=true&amp;starting_after=N</c> as a stream.</summary>
    public Task<ApiError?> GetAsync(HttpContext http) => WithAsync(http, async (record, head) =>
    {
        if (!string.Equals(http.Request.Query["stream"], "true", StringComparison.OrdinalIgnoreCase)) return await ShowAsync(http, record, head);
        if (ReadStart(http.Request.Query, out var startingAfter) is { } badStart) return badStart;
        // The same content under the same id is the same turn: it is joined, wherever it runs.
        return await responses.StreamAsync(http, new TurnRequest(record.Conversation, record.Turn, record.Content), head, startingAfter);
    });

    /// <summary><c>POST /v1/responses/{id}/cancel</c>.</summary>
    public Task<ApiError?> CancelAsync(HttpContext http) => WithAsync(http, async (record, head) =>
    {
        if (record.Standing is TurnSettled { Outcome: not Outcome.Cancelled })
            return ApiError.Invalid("response_not_cancellable", null, $"The response {head.Id} has ended; it cannot be cancelled any more.");
        var answer = await conversations.CancelAsync(record.Conversation, record.Turn, http.RequestAborted);
        return await ShowAsync(http, record with { Standing = answer }, head);
    });

    /// <summary><c>DELETE /v1/responses/{id}</c>.</summary>
    public Task<ApiError?> DeleteAsync(HttpContext http) => WithAsync(http, async (record, head) =>
    {
        await records.DeleteAsync(record.Conversation, record.Turn, http.RequestAborted);
        await ResponseJson.WriteAsync(http.Response, new JsonObject { ["id"] = head.Id, ["object"] = "response", ["deleted"] = true });
        return null;
    });

    /// <summary><c>GET /v1/responses/{id}/input_items</c>.</summary>
    public Task<ApiError?> ListInputAsync(HttpContext http) => WithAsync(http, async (record, head) =>
    {
        var exchange = new Exchange(record.Turn, record.Content.Messages, null);
        var inherited = new Exchange(record.Turn, [.. record.Content.Messages.Take(head.Note.Inherited)], null).Positions;
        var items = ItemJson.Of(exchange, head.ItemId).Where(item => item.Position >= inherited).Select(item => item.Item);
        if (ItemPage.Read(http.Request.Query, [.. items], out var page) is { } badPage) return badPage;
        await ResponseJson.WriteAsync(http.Response, page);
        return null;
    });

    /// <summary>The status of a response without an outcome.</summary>
    public static string StatusOf(TurnAnswer standing) => standing is TurnPending { Ahead: 0 } ? "in_progress" : "queued";

    private static async Task<ApiError?> ShowAsync(HttpContext http, TurnRecord record, ResponseHead head)
    {
        await ResponseJson.WriteAsync(
            http.Response,
            record.Standing is TurnSettled settled ? ResponseJson.Ended(head, settled.Outcome) : ResponseJson.Unfinished(head, StatusOf(record.Standing)));
        return null;
    }

    private async Task<ApiError?> WithAsync(HttpContext http, Func<TurnRecord, ResponseHead, Task<ApiError?>> handle)
    {
        var id = http.Request.RouteValues["id"] as string ?? "";
        if (!ResponseId.TryRead(id, http.Tenant(), out var conversation, out var turn)) return NotFound(id);
        TurnRecord record;
        try
        {
            record = await records.ReadAsync(conversation, turn.Value, http.RequestAborted);
        }
        catch (TurnRejectedException rejected) when (rejected.Code == RejectionCode.NotFound)
        {
            return NotFound(id);
        }

        if (ResponseNote.Parse(record.Content.Note) is not { } note) return NotFound(id);
        var model = ChatRules.Shown(record.Content.Model, models.Names);
        return await handle(record, ResponseHead.Of(conversation, turn.Value, record.AcceptedAt, model, record.Content, note));
    }

    private static ApiError? ReadStart(IQueryCollection query, out int startingAfter)
    {
        startingAfter = -1;
        var text = query["starting_after"].ToString();
        return text.Length == 0 || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out startingAfter) && startingAfter < int.MaxValue)
            ? null
            : ApiError.InvalidValue(
                "starting_after", $"starting_after is {ApiError.Show(text)}; expected the sequence_number of the last event that was read, 0 to {int.MaxValue - 1}.");
    }

    private static ApiError NotFound(string id) =>
        ApiError.Rejected(404, "response_not_found", $"There is no response {ApiError.Show(id)}.") with { Param = "response_id" };
}
