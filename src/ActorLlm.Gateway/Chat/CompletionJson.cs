using System.Collections.Immutable;
using System.Text.Json;
using ActorLlm.Domain.Conversations;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Chat;

/// <summary>What every object of one completion has in common.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Created">When it was made, in seconds.</param>
/// <param name="Model">The model.</param>
/// <param name="Choice">Of several replies, the one that a chunk is of.</param>
internal readonly record struct CompletionHead(string Id, long Created, string Model, int Choice = 0);

/// <summary>One reply of a completion.</summary>
/// <param name="Reply">The reply.</param>
/// <param name="Logprobs">How likely its tokens were.</param>
internal sealed record Choice(Reply Reply, LogprobsJson Logprobs);

/// <summary>The JSON of completions and of their chunks, as OpenAI's clients read them.</summary>
internal static class CompletionJson
{
    /// <summary>Answers with a whole completion.</summary>
    public static async Task WriteWholeAsync(HttpResponse response, CompletionHead head, IReadOnlyList<Choice> choices)
    {
        response.ContentType = "application/json";
        using (var json = Json.Writer(response.BodyWriter)) WriteCompletion(json, head, choices);
        await response.BodyWriter.FlushAsync();
    }

    public static void WriteCompletion(Utf8JsonWriter json, in CompletionHead head, IReadOnlyList<Choice> choices)
    {
        Begin(json, "chat.completion"u8, head, choices.Count > 0 ? choices[0].Reply : null);
        json.WriteStartArray("choices"u8);
        for (var index = 0; index < choices.Count; index++) WriteChoice(json, index, choices[index]);
        json.WriteEndArray();
        WriteUsage(json, Sum(choices.Select(choice => choice.Reply.Usage)));
        json.WriteEndObject();
    }

    /// <summary>What several replies took together.</summary>
    public static Usage Sum(IEnumerable<Usage> usages) => usages.Aggregate((one, other) => new Usage(one.InputTokens + other.InputTokens, one.OutputTokens + other.OutputTokens)
    {
        CachedInputTokens = one.CachedInputTokens + other.CachedInputTokens,
        ReasoningTokens = one.ReasoningTokens + other.ReasoningTokens,
    });

    private static void WriteChoice(Utf8JsonWriter json, int index, Choice choice)
    {
        var reply = choice.Reply;
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        WriteTextOrNull(json, "content"u8, reply.Text, isNull: reply.Text.Length == 0 && (reply.Refusal.Length > 0 || !reply.ToolCalls.IsDefaultOrEmpty));
        WriteTextOrNull(json, "refusal"u8, reply.Refusal, isNull: reply.Refusal.Length == 0);
        json.WriteStartArray("annotations"u8);
        json.WriteEndArray();
        if (reply.Reasoning.Length > 0) WriteTextOrNull(json, "reasoning_content"u8, reply.Reasoning, isNull: false);
        if (!reply.ToolCalls.IsDefaultOrEmpty) WriteToolCalls(json, reply.ToolCalls);
        json.WriteEndObject();
        choice.Logprobs.Write(json);
        json.WriteString("finish_reason"u8, FinishReason(reply));
        json.WriteEndObject();
    }

    /// <summary>The first chunk: who speaks.</summary>
    public static void WriteRole(Utf8JsonWriter json, in CompletionHead head, bool withUsage)
    {
        BeginDelta(json, head);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, ""u8);
        json.WriteNull("refusal"u8);
        EndDelta(json, finishReason: null, withUsage);
    }

    /// <summary>A piece of one of a message's texts: <c>content</c>, <c>refusal</c> or <c>reasoning_content</c>.</summary>
    public static void WriteDelta(
        Utf8JsonWriter json, in CompletionHead head, ReadOnlySpan<byte> field, ReadOnlySpan<char> text, bool withUsage, LogprobsJson? logprobs)
    {
        BeginDelta(json, head);
        json.WriteString(field, text);
        EndDelta(json, finishReason: null, withUsage, logprobs);
    }

    /// <summary>The first chunk of a tool call: everything but its arguments, which follow.</summary>
    public static void WriteToolCall(Utf8JsonWriter json, in CompletionHead head, int index, ToolCall call, bool withUsage)
    {
        BeginToolCallDelta(json, head, index);
        json.WriteString("id"u8, call.Id);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, call.Name);
        json.WriteString("arguments"u8, ""u8);
        EndToolCallDelta(json, withUsage);
    }

    public static void WriteArguments(Utf8JsonWriter json, in CompletionHead head, int index, ReadOnlySpan<char> text, bool withUsage)
    {
        BeginToolCallDelta(json, head, index);
        json.WriteStartObject("function"u8);
        json.WriteString("arguments"u8, text);
        EndToolCallDelta(json, withUsage);
    }

    public static void WriteFinish(Utf8JsonWriter json, in CompletionHead head, Reply reply, bool withUsage, LogprobsJson logprobs)
    {
        BeginDelta(json, head, reply);
        EndDelta(json, FinishReason(reply), withUsage, logprobs);
    }

    /// <summary>The chunk after the last, for those who asked: no choices, the tokens used.</summary>
    public static void WriteUsageChunk(Utf8JsonWriter json, in CompletionHead head, Usage usage)
    {
        Begin(json, "chat.completion.chunk"u8, head);
        json.WriteStartArray("choices"u8);
        json.WriteEndArray();
        WriteUsage(json, usage);
        json.WriteEndObject();
    }

    // Strict clients throw on a reason they do not know; what a backend calls otherwise is an ordinary end.
    private static ReadOnlySpan<byte> FinishReason(Reply reply) => reply.FinishReason switch
    {
        "length" => "length"u8,
        "content_filter" => "content_filter"u8,
        "tool_calls" => "tool_calls"u8,
        _ => "stop"u8,
    };

    private static void Begin(Utf8JsonWriter json, ReadOnlySpan<byte> kind, in CompletionHead head, Reply? reply = null)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, head.Id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, head.Created);
        json.WriteString("model"u8, head.Model);
        // Known with the whole answer: a stream tells it with the chunk that ends a reply.
        json.WriteString("system_fingerprint"u8, reply is { SystemFingerprint.Length: > 0 } ? reply.SystemFingerprint : null);
        if (reply is { ServiceTier.Length: > 0 }) json.WriteString("service_tier"u8, reply.ServiceTier);
    }

    private static void BeginDelta(Utf8JsonWriter json, in CompletionHead head, Reply? reply = null)
    {
        Begin(json, "chat.completion.chunk"u8, head, reply);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, head.Choice);
        json.WriteStartObject("delta"u8);
    }

    private static void BeginToolCallDelta(Utf8JsonWriter json, in CompletionHead head, int index)
    {
        BeginDelta(json, head);
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
    }

    private static void EndToolCallDelta(Utf8JsonWriter json, bool withUsage)
    {
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        EndDelta(json, finishReason: null, withUsage);
    }

    private static void WriteToolCalls(Utf8JsonWriter json, ImmutableArray<ToolCall> calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, call.Id);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, call.Name);
            json.WritePropertyName("arguments"u8);
            Json.WriteText(json, call.Arguments);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTextOrNull(Utf8JsonWriter json, ReadOnlySpan<byte> name, string text, bool isNull)
    {
        json.WritePropertyName(name);
        if (isNull) json.WriteNullValue();
        else Json.WriteText(json, text);
    }

    private static void EndDelta(Utf8JsonWriter json, ReadOnlySpan<byte> finishReason, bool withUsage, LogprobsJson? logprobs = null)
    {
        json.WriteEndObject();
        if (logprobs is null) json.WriteNull("logprobs"u8);
        else logprobs.Write(json);
        if (finishReason.IsEmpty) json.WriteNull("finish_reason"u8);
        else json.WriteString("finish_reason"u8, finishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        if (withUsage) json.WriteNull("usage"u8);
        json.WriteEndObject();
    }

    /// <summary>Whether the backend told the tokens used: where it did not, nothing is said of them, for no tokens would be a claim.</summary>
    public static bool IsKnown(Usage usage) => usage is { InputTokens: not null, OutputTokens: not null };

    private static void WriteUsage(Utf8JsonWriter json, Usage usage)
    {
        if (!IsKnown(usage)) return;
        var (input, output) = (usage.InputTokens ?? 0, usage.OutputTokens ?? 0);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, input);
        json.WriteNumber("completion_tokens"u8, output);
        json.WriteNumber("total_tokens"u8, input + output);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, usage.CachedInputTokens ?? 0);
        json.WriteNumber("audio_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, usage.ReasoningTokens ?? 0);
        json.WriteNumber("audio_tokens"u8, 0);
        json.WriteNumber("accepted_prediction_tokens"u8, 0);
        json.WriteNumber("rejected_prediction_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
