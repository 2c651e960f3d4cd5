using System.Text.Json.Nodes;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Items;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Responses;

/// <summary>One response, whatever has become of it so far.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CreatedAt">When it was asked for, in seconds.</param>
/// <param name="Model">The model that was asked for.</param>
/// <param name="Content">What was asked.</param>
/// <param name="Note">What is said back.</param>
/// <param name="ItemId">The id of the item of a kind at a position.</param>
internal sealed record ResponseHead(string Id, long CreatedAt, string Model, TurnContent Content, ResponseNote Note, Func<string, int, string> ItemId)
{
    /// <summary>The position of the first item of the output.</summary>
    public int FirstOutput { get; } = new Exchange(default, Content.Messages, null).Positions;

    public static ResponseHead Of(ConversationId conversation, TurnId turn, DateTimeOffset at, string model, TurnContent content, ResponseNote note) =>
        new(ResponseId.Of(conversation, turn), at.ToUnixTimeSeconds(), model, content, note, Items.ItemId.Of(conversation, turn));
}

/// <summary>The JSON of a response.</summary>
internal static class ResponseJson
{
    /// <summary>Answers with a JSON object.</summary>
    public static async Task WriteAsync(HttpResponse response, JsonObject whole)
    {
        response.ContentType = "application/json";
        using (var json = Json.Writer(response.BodyWriter)) whole.WriteTo(json);
        await response.BodyWriter.FlushAsync();
    }

    /// <summary>A response without an outcome yet.</summary>
    public static JsonObject Unfinished(ResponseHead head, string status) => Of(head, status, head.Model, null);

    /// <summary>A response with its outcome.</summary>
    public static JsonObject Ended(ResponseHead head, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Committed { Reply: var reply }:
                var cut = CutBy(reply);
                var response = Of(head, cut is null ? "completed" : "incomplete", reply.Model.Length > 0 ? reply.Model : head.Model, reply);
                if (cut is not null) response["incomplete_details"] = new JsonObject { ["reason"] = cut };
                return response;
            case Outcome.Cancelled:
                return Of(head, "cancelled", head.Model, null);
            default:
                var failed = Of(head, "failed", head.Model, null);
                failed["error"] = ErrorOf(outcome);
                return failed;
        }
    }

    /// <summary>Why a reply is not whole; null where it is.</summary>
    public static string? CutBy(Reply reply) => reply.FinishReason switch
    {
        "length" => "max_output_tokens",
        "content_filter" => "content_filter",
        _ => null,
    };

    private static JsonObject ErrorOf(Outcome outcome)
    {
        var error = Errors.Failures.Of(outcome);
        var code = error switch
        {
            { Status: StatusCodes.Status429TooManyRequests } => error.Code,
            { Status: < 500 } => "invalid_prompt",
            _ => "server_error",
        };
        return new JsonObject { ["code"] = code, ["message"] = error?.Message ?? "The turn has no reply." };
    }

    private static JsonObject Of(ResponseHead head, string status, string model, Reply? reply)
    {
        var (settings, echo) = (head.Content.Settings, head.Note.Fields);
        return new JsonObject
        {
            ["id"] = head.Id,
            ["object"] = "response",
            ["created_at"] = head.CreatedAt,
            ["status"] = status,
            ["background"] = head.Note.Background,
            ["error"] = null,
            ["incomplete_details"] = null,
            ["instructions"] = head.Content.Instructions.Length > 0 ? head.Content.Instructions : null,
            ["conversation"] = echo["conversation"] is { } conversation ? new JsonObject { ["id"] = conversation.DeepClone() } : null,
            ["previous_response_id"] = Copy(echo, "previous_response_id"),
            ["model"] = model,
            ["output"] = new JsonArray([.. reply is null ? [] : ItemJson.Output(reply, head.FirstOutput, head.ItemId)]),
            ["max_output_tokens"] = settings.MaxOutputTokens,
            ["max_tool_calls"] = Copy(echo, "max_tool_calls"),
            ["parallel_tool_calls"] = settings.ParallelToolCalls ?? true,
            ["prompt_cache_key"] = Copy(echo, "prompt_cache_key"),
            ["reasoning"] = Copy(echo, "reasoning") ?? new JsonObject { ["effort"] = null, ["summary"] = null },
            ["safety_identifier"] = Copy(echo, "safety_identifier"),
            ["service_tier"] = reply is { ServiceTier.Length: > 0 } ? reply.ServiceTier : Copy(echo, "service_tier") ?? "default",
            ["store"] = Copy(echo, "store"),
            ["temperature"] = settings.Temperature,
            ["text"] = new JsonObject { ["format"] = FormatOf(settings.Format), ["verbosity"] = Copy(echo, "verbosity") ?? "medium" },
            ["tool_choice"] = ChoiceOf(settings.ToolChoice),
            ["tools"] = new JsonArray([.. settings.Tools.AsSpan().ToArray().Select(ToolOf)]),
            ["top_logprobs"] = 0,
            ["top_p"] = settings.TopP,
            ["truncation"] = Copy(echo, "truncation") ?? "disabled",
            ["usage"] = reply is null || !CompletionJson.IsKnown(reply.Usage) ? null : UsageOf(reply.Usage),
            ["user"] = Copy(echo, "user"),
            ["metadata"] = Copy(echo, "metadata") ?? new JsonObject(),
        };
    }

    // A node belongs to one object only.
    private static JsonNode? Copy(JsonObject fields, string name) => fields[name]?.DeepClone();

    private static JsonObject UsageOf(Usage usage)
    {
        var (input, output) = (usage.InputTokens ?? 0, usage.OutputTokens ?? 0);
        return new JsonObject
        {
            ["input_tokens"] = input,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = usage.CachedInputTokens ?? 0 },
            ["output_tokens"] = output,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = usage.ReasoningTokens ?? 0 },
            ["total_tokens"] = input + output,
        };
    }

    private static JsonObject FormatOf(ReplyFormat? format) => format?.Kind switch
    {
        ReplyFormatKind.JsonObject => new JsonObject { ["type"] = "json_object" },
        ReplyFormatKind.JsonSchema => new JsonObject
        {
            ["type"] = "json_schema",
            ["name"] = format.Name,
            ["description"] = format.Description.Length > 0 ? format.Description : null,
            ["schema"] = Parsed(format.Schema),
            ["strict"] = format.Strict ?? false,
        },
        _ => new JsonObject { ["type"] = "text" },
    };

    private static JsonNode ChoiceOf(ToolChoice? choice) => choice?.Kind switch
    {
        ToolChoiceKind.None => "none",
        ToolChoiceKind.Required => "required",
        ToolChoiceKind.Named => new JsonObject { ["type"] = "function", ["name"] = choice.Name },
        _ => "auto",
    };

    private static JsonNode ToolOf(ToolDefinition tool) => new JsonObject
    {
        ["type"] = "function",
        ["name"] = tool.Name,
        ["description"] = tool.Description.Length > 0 ? tool.Description : null,
        ["parameters"] = Parsed(tool.Parameters),
        ["strict"] = tool.Strict ?? false,
    };

    private static JsonNode? Parsed(string json) => json.Length > 0 ? JsonNode.Parse(json) : null;
}
