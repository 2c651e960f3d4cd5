using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Conversations;
using ActorLlm.Gateway.Embeddings;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Gateway;

/// <summary>Which path is whose.</summary>
internal static class Endpoints
{
    public static void Map(RouteGroupBuilder v1)
    {
        Map<ChatEndpoint>(v1, "/chat/completions", ("POST", (chat, http) => chat.HandleAsync(http)));
        Map<EmbeddingsEndpoint>(v1, "/embeddings", ("POST", (embeddings, http) => embeddings.HandleAsync(http)));
        Map<ModelsEndpoint>(v1, "/models", ("GET", (models, http) => models.ListAsync(http)));
        Map<ModelsEndpoint>(v1, "/models/{**id}", ("GET", (models, http) => models.GetAsync(http)));
        Map<ResponsesEndpoint>(v1, "/responses", ("POST", (responses, http) => responses.HandleAsync(http)));
        Map<ResponseReads>(
            v1, "/responses/{id}", ("GET", (responses, http) => responses.GetAsync(http)), ("DELETE", (responses, http) => responses.DeleteAsync(http)));
        Map<ResponseReads>(v1, "/responses/{id}/cancel", ("POST", (responses, http) => responses.CancelAsync(http)));
        Map<ResponseReads>(v1, "/responses/{id}/input_items", ("GET", (responses, http) => responses.ListInputAsync(http)));
        Map<ConversationsEndpoint>(v1, "/conversations", ("POST", (conversations, http) => conversations.CreateAsync(http)));
        Map<ConversationsEndpoint>(
            v1, "/conversations/{id}",
            ("GET", (conversations, http) => conversations.GetAsync(http)),
            ("POST", (conversations, http) => conversations.UpdateAsync(http)),
            ("DELETE", (conversations, http) => conversations.DeleteAsync(http)));
        Map<ConversationItems>(
            v1, "/conversations/{id}/items", ("GET", (items, http) => items.ListAsync(http)), ("POST", (items, http) => items.AddAsync(http)));
        Map<ConversationItems>(
            v1, "/conversations/{id}/items/{item}", ("GET", (items, http) => items.GetAsync(http)), ("DELETE", (items, http) => items.DeleteAsync(http)));
        v1.MapFallback("/{**path}", Shell.Wrap(http => Task.FromResult<ApiError?>(UnknownPath(http))));
    }

    // The last endpoint has no method and so takes what the others leave; routing's own 405 would have an empty body.
    private static void Map<T>(RouteGroupBuilder group, string pattern, params (string Method, Func<T, HttpContext, Task<ApiError?>> Handler)[] methods)
        where T : class
    {
        foreach (var (method, handler) in methods)
            group.MapMethods(pattern, [method], Shell.Wrap(http => handler(http.RequestServices.GetRequiredService<T>(), http)));
        var allowed = string.Join(", ", methods.Select(method => method.Method));
        group.Map(pattern, Shell.Wrap(http => Task.FromResult<ApiError?>(WrongMethod(http, allowed))));
    }

    public static ApiError WrongMethod(HttpContext http, string allowed) =>
        ApiError.Rejected(405, "method_not_allowed", $"{http.Request.Method} is not allowed on {Path(http)}; allowed is {allowed}.") with
        {
            Allow = allowed,
        };

    public static ApiError UnknownPath(HttpContext http) =>
        ApiError.Rejected(404, "unknown_url", $"There is no {http.Request.Method} {Path(http)} here.");

    private static string Path(HttpContext http) => ApiError.Show($"{http.Request.PathBase}{http.Request.Path}");
}
