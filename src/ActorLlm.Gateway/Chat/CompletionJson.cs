using System.Text.Json;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Gateway.Chat;

/// <summary>What every object of one completion has in common.</summary>
internal readonly record struct CompletionHead(string Id, long Created, string Model);

/// <summary>The JSON of completions and of their chunks, as OpenAI's clients read them.</summary>
internal static class CompletionJson
{
    public static void WriteCompletion(Utf8JsonWriter json, in CompletionHead head, Reply reply)
    {
        Begin(json, "chat.completion"u8, head);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WritePropertyName("content"u8);
        Json.WriteText(json, reply.Text);
        json.WriteNull("refusal"u8);
        json.WriteStartArray("annotations"u8);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, FinishReason(reply));
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, reply.Usage);
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

    public static void WriteDelta(Utf8JsonWriter json, in CompletionHead head, ReadOnlySpan<char> text, bool withUsage)
    {
        BeginDelta(json, head);
        json.WriteString("content"u8, text);
        EndDelta(json, finishReason: null, withUsage);
    }

    public static void WriteFinish(Utf8JsonWriter json, in CompletionHead head, Reply reply, bool withUsage)
    {
        BeginDelta(json, head);
        EndDelta(json, FinishReason(reply), withUsage);
    }

    /// <summary>The chunk after the last, for those who asked: no choices, the tokens used.</summary>
    public static void WriteUsageChunk(Utf8JsonWriter json, in CompletionHead head, Reply reply)
    {
        Begin(json, "chat.completion.chunk"u8, head);
        json.WriteStartArray("choices"u8);
        json.WriteEndArray();
        WriteUsage(json, reply.Usage);
        json.WriteEndObject();
    }

    // Strict clients throw on a reason they do not know; what a backend calls otherwise is an ordinary end.
    private static ReadOnlySpan<byte> FinishReason(Reply reply) => reply.FinishReason switch
    {
        "length" => "length"u8,
        "content_filter" => "content_filter"u8,
        _ => "stop"u8,
    };

    private static void Begin(Utf8JsonWriter json, ReadOnlySpan<byte> kind, in CompletionHead head)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, head.Id);
        json.WriteString("object"u8, kind);
        json.WriteNumber("created"u8, head.Created);
        json.WriteString("model"u8, head.Model);
        json.WriteNull("system_fingerprint"u8);
    }

    private static void BeginDelta(Utf8JsonWriter json, in CompletionHead head)
    {
        Begin(json, "chat.completion.chunk"u8, head);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("delta"u8);
    }

    private static void EndDelta(Utf8JsonWriter json, ReadOnlySpan<byte> finishReason, bool withUsage)
    {
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        if (finishReason.IsEmpty) json.WriteNull("finish_reason"u8);
        else json.WriteString("finish_reason"u8, finishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        if (withUsage) json.WriteNull("usage"u8);
        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, Usage usage)
    {
        var (input, output) = (usage.InputTokens ?? 0, usage.OutputTokens ?? 0);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, input);
        json.WriteNumber("completion_tokens"u8, output);
        json.WriteNumber("total_tokens"u8, input + output);
        json.WriteStartObject("prompt_tokens_details"u8);
        json.WriteNumber("cached_tokens"u8, 0);
        json.WriteNumber("audio_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details"u8);
        json.WriteNumber("reasoning_tokens"u8, 0);
        json.WriteNumber("audio_tokens"u8, 0);
        json.WriteNumber("accepted_prediction_tokens"u8, 0);
        json.WriteNumber("rejected_prediction_tokens"u8, 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
