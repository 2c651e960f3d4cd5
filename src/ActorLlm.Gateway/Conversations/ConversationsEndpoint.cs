using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Items;
using ActorLlm.Gateway.Keys;
using ActorLlm.Gateway.Responses;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Conversations;

/// <summary><c>/v1/conversations</c>: the same conversations that turns and responses have, made, described and ended by name.</summary>
internal sealed class ConversationsEndpoint(IConversationRecords records, IOptions<GatewayOptions> options)
{
    private const string IdField = "conversation_id";

    private readonly GatewayOptions _options = options.Value;

    /// <summary><c>POST /v1/conversations</c>.</summary>
    public async Task<ApiError?> CreateAsync(HttpContext http)
    {
        var (body, error) = await ReadAsync(http, _options.MaxRequestBytes, optional: true);
        if (error is not null) return error;
        if (MetadataRules.Read(body!.Metadata, out var metadata) is { } badMetadata) return badMetadata;
        var messages = ImmutableArray<Message>.Empty;
        if (HasItems(body) && ConversationItems.Check(body.Items, out messages) is { } badItems) return badItems;
        // Before the conversation is made: a refusal leaves none behind.
        if (!messages.IsEmpty && ContentRules.Error(AddItems.ContentOf(messages)) is { } refused)
            return Failures.Of(refused.Code, refused.Reason) with { Param = "items" };
        if (ReadKey(http, out var key) is { } badKey) return badKey;
        var conversation = key is { } named ? Ids.NamedConversationOf(http.Tenant(), named) : Ids.NewNamedConversation(http.Tenant());
        return await ShowAsync(http, await records.MakeAsync(conversation, key ?? Ids.NewTurn(), metadata, messages, http.RequestAborted));
    }

    /// <summary><c>GET /v1/conversations/{id}</c>.</summary>
    public Task<ApiError?> GetAsync(HttpContext http) => WithAsync(http, async conversation =>
    {
        var view = await records.GetAsync(conversation, http.RequestAborted);
        return view.Exists ? await ShowAsync(http, view) : Failures.NoConversation(conversation.Name, IdField);
    });

    /// <summary><c>POST /v1/conversations/{id}</c>.</summary>
    public Task<ApiError?> UpdateAsync(HttpContext http) => WithAsync(http, async conversation =>
    {
        var (body, error) = await ReadAsync(http, _options.MaxRequestBytes);
        if (error is not null) return error;
        if (body!.Metadata.ValueKind == JsonValueKind.Undefined)
            return ApiError.Invalid("missing_required_parameter", "metadata", "The field metadata is missing; expected an object of strings, or null for none.");
        if (MetadataRules.Read(body.Metadata, out var metadata) is { } badMetadata) return badMetadata;
        return await ShowAsync(http, await records.DescribeAsync(conversation, metadata, mustExist: true, http.RequestAborted));
    });

    /// <summary><c>DELETE /v1/conversations/{id}</c>.</summary>
    public Task<ApiError?> DeleteAsync(HttpContext http) => WithAsync(http, async conversation =>
    {
        // For the conversation a second time is a repeat; the client is told what it finds.
        if (!(await records.GetAsync(conversation, http.RequestAborted)).Exists) return Failures.NoConversation(conversation.Name, IdField);
        await records.DeleteAsync(conversation, http.RequestAborted);
        await ResponseJson.WriteAsync(
            http.Response, new JsonObject { ["id"] = conversation.Name, ["object"] = "conversation.deleted", ["deleted"] = true });
        return null;
    });

    /// <summary>Reads the body; an empty one stands for an empty object where it is optional.</summary>
    public static async ValueTask<(ConversationBody? Body, ApiError? Error)> ReadAsync(HttpContext http, int maxBytes, bool optional = false) =>
        optional && http.Request.ContentLength is 0 or null && http.Request.ContentType is null
            ? (new ConversationBody(), null)
            : await JsonBody.ReadAsync(
                http.Request, maxBytes, ConversationBodyContext.Default.ConversationBody, static _ => "another kind of value", http.RequestAborted, wellFormed: true);

    /// <summary>Answers with a conversation.</summary>
    public static async Task<ApiError?> ShowAsync(HttpContext http, ConversationView view)
    {
        await ResponseJson.WriteAsync(http.Response, new JsonObject
        {
            ["id"] = view.Conversation.Name,
            ["object"] = "conversation",
            // A conversation of an old snapshot does not know it.
            ["created_at"] = Math.Max(view.CreatedAt.ToUnixTimeSeconds(), 0),
            ["metadata"] = view.Metadata.Length > 0 ? JsonNode.Parse(view.Metadata) : new JsonObject(),
        });
        return null;
    }

    /// <summary>Handles a request for the conversation that the path names, and says so where there is none.</summary>
    public static async Task<ApiError?> WithAsync(HttpContext http, Func<ConversationId, Task<ApiError?>> handle)
    {
        var name = PathName.Read(http, "/conversations/");
        if (!ConversationId.TryParse($"{http.Tenant()}/{name}", out var conversation, out _)) return Failures.NoConversation(name, IdField);
        try
        {
            return await handle(conversation);
        }
        catch (TurnRejectedException rejected) when (rejected.Code == RejectionCode.NotFound)
        {
            return Failures.NoConversation(name, IdField);
        }
    }

    /// <summary>The client's key, where it sent one.</summary>
    public static ApiError? ReadKey(HttpContext http, out TurnId? key)
    {
        key = null;
        if (TurnAddress.Read(http, null, out var address) is { } wrong) return wrong;
        if (address.ClientKey) key = address.Turn;
        return null;
    }

    private static bool HasItems(ConversationBody body) =>
        body.Items.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)
        && (body.Items.ValueKind != JsonValueKind.Array || body.Items.GetArrayLength() > 0);
}
