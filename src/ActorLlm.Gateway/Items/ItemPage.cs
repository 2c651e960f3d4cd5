using System.Globalization;
using System.Text.Json.Nodes;
using ActorLlm.Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Items;

/// <summary>A page of a list, by <c>limit</c>, <c>after</c> and <c>order</c>.</summary>
internal static class ItemPage
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;

    /// <summary>Cuts the page out.</summary>
    /// <param name="query">The request's query.</param>
    /// <param name="items">All items, oldest first.</param>
    /// <param name="page">The page.</param>
    public static ApiError? Read(IQueryCollection query, JsonObject[] items, out JsonObject page)
    {
        page = [];
        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } limitText
            && !(int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MaxLimit))
            return ApiError.InvalidValue("limit", $"limit is {ApiError.Show(limitText)}; allowed is 1 to {MaxLimit}.");
        bool? descending = query["order"].ToString() switch
        {
            "asc" => false,
            "" or "desc" => true,
            _ => null,
        };
        if (descending is null) return ApiError.InvalidValue("order", $"order is {ApiError.Show(query["order"].ToString())}; allowed are asc and desc.");
        if (descending.Value) Array.Reverse(items);
        var begin = 0;
        if (query["after"].ToString() is { Length: > 0 } after)
        {
            begin = 1 + Array.FindIndex(items, item => IdOf(item) == after);
            if (begin == 0) return ApiError.InvalidValue("after", $"after is {ApiError.Show(after)}, which is no item of the list; expected an item's id.");
        }

        var shown = items.Skip(begin).Take(limit).ToArray();
        page = new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. shown]),
            ["first_id"] = shown.Length > 0 ? IdOf(shown[0]) : null,
            ["last_id"] = shown.Length > 0 ? IdOf(shown[^1]) : null,
            ["has_more"] = begin + shown.Length < items.Length,
        };
        return null;
    }

    private static string IdOf(JsonObject item) => item["id"]!.GetValue<string>();
}
