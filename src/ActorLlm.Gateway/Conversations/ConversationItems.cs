using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Items;
using ActorLlm.Gateway.Responses;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Conversations;

/// <summary><c>/v1/conversations/{id}/items</c>: the turns that a conversation still gives to the model, item by item.</summary>
internal sealed class ConversationItems(IConversations conversations, IConversationRecords records, IOptions<GatewayOptions> options)
{
    private const int MaxAdded = 20;
    private readonly GatewayOptions _options = options.Value;

    /// <summary>Reads items that are to be added.</summary>
    public static ApiError? Check(JsonElement items, out ImmutableArray<Message> messages)
    {
        messages = [];
        if (items.ValueKind != JsonValueKind.Array)
            return ApiError.Invalid("invalid_type", "items", "The value of items is missing or cannot be read; expected an array of items.");
        if (items.GetArrayLength() > MaxAdded)
            return ApiError.InvalidValue("items", $"The field items has {items.GetArrayLength()} items; at most {MaxAdded} may be added at once.");
        return ItemRules.Read(items, "items", out messages);
    }

    /// <summary><c>GET /v1/conversations/{id}/items</c>.</summary>
    public Task<ApiError?> ListAsync(HttpContext http) => ConversationsEndpoint.WithAsync(http, async conversation =>
    {
        var view = await HistoryAsync(http, conversation);
        if (ItemPage.Read(http.Request.Query, [.. view.History.SelectMany(exchange => Of(view, exchange))], out var page) is { } badPage)
            return badPage;
        await ResponseJson.WriteAsync(http.Response, page);
        return null;
    });

    /// <summary><c>POST /v1/conversations/{id}/items</c>.</summary>
    public Task<ApiError?> AddAsync(HttpContext http) => ConversationsEndpoint.WithAsync(http, async conversation =>
    {
        var (body, error) = await ConversationsEndpoint.ReadAsync(http, _options.MaxRequestBytes);
        if (error is not null) return error;
        if (Check(body!.Items, out var messages) is { } badItems) return badItems;
        if (ConversationsEndpoint.ReadKey(http, out var clientKey) is { } badKey) return badKey;
        var key = clientKey ?? Ids.NewTurn();
        await records.AddAsync(conversation, key, messages, http.RequestAborted);
        var added = ItemJson.Of(new Exchange(key, messages, null), ItemId.Of(conversation, key)).Select(item => item.Item).ToArray();
        await ResponseJson.WriteAsync(http.Response, new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. added]),
            ["first_id"] = added[0]["id"]!.DeepClone(),
            ["last_id"] = added[^1]["id"]!.DeepClone(),
            ["has_more"] = false,
        });
        return null;
    });

    /// <summary><c>GET /v1/conversations/{id}/items/{item}</c>.</summary>
    public Task<ApiError?> GetAsync(HttpContext http) => ConversationsEndpoint.WithAsync(http, async conversation =>
    {
        var view = await HistoryAsync(http, conversation);
        var id = ItemOf(http);
        if (view.History.SelectMany(exchange => Of(view, exchange)).FirstOrDefault(item => item["id"]!.GetValue<string>() == id) is not { } item)
            return NotFound(id);
        await ResponseJson.WriteAsync(http.Response, item);
        return null;
    });

    /// <summary><c>DELETE /v1/conversations/{id}/items/{item}</c>.</summary>
    public Task<ApiError?> DeleteAsync(HttpContext http) => ConversationsEndpoint.WithAsync(http, async conversation =>
    {
        var view = await HistoryAsync(http, conversation);
        var id = ItemOf(http);
        foreach (var exchange in view.History)
        {
            if (!ItemId.IsOf(id, conversation, exchange.Turn, out var position) || position >= exchange.Positions || exchange.Deleted.Contains(position)) continue;
            return await ConversationsEndpoint.ShowAsync(http, await records.DeleteItemAsync(conversation, exchange.Turn, position, http.RequestAborted));
        }

        return NotFound(id);
    });

    private static string ItemOf(HttpContext http) => http.Request.RouteValues["item"] as string ?? "";

    private static IEnumerable<JsonObject> Of(ConversationView view, Exchange exchange) =>
        ItemJson.Of(exchange, ItemId.Of(view.Conversation, exchange.Turn)).Select(item => item.Item);

    private async Task<ConversationView> HistoryAsync(HttpContext http, ConversationId conversation)
    {
        var view = await conversations.GetAsync(conversation, http.RequestAborted);
        return view.Exists ? view : throw new TurnRejectedException(RejectionCode.NotFound, "There is no such conversation.");
    }

    private static ApiError NotFound(string id) =>
        ApiError.Rejected(404, "item_not_found", $"The conversation has no item {ApiError.Show(id)}.") with { Param = "item_id" };
}
