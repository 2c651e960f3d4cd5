using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using ActorLlm.Backends.Simulation;

namespace ActorLlm.Simulator;

/// <summary>Writes a completion in OpenAI's shape, whole or as server-sent events.</summary>
internal sealed class CompletionWriter(HttpResponse response, SimulatedCall call, ChatRequest request) : IDisposable
{
    /// <summary>A stream without waits is handed on in pieces of about this size.</summary>
    private const int FlushBytes = 16 * 1024;

    private const byte NoUtf8 = 0xff;

    private readonly PipeWriter _body = response.BodyWriter;
    private readonly string _id = $"chatcmpl-sim-{call.Prompt}";
    private readonly long _created = call.CreatedAt.ToUnixTimeSeconds();
    private readonly Utf8JsonWriter _json = new(response.BodyWriter);

    public void BeginStream()
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        Event(delta: json =>
        {
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, ""u8);
        });
    }

    /// <summary>What is thought, in the field that DeepSeek and vLLM have for it.</summary>
    public void Reasoning()
    {
        if (call.Reasoning.Length > 0)
            Event(delta: json => json.WriteString("reasoning_content"u8, call.Reasoning));
    }

    public async ValueTask Chunk(string text, CancellationToken cancellation)
    {
        Event(delta: json => json.WriteString("content"u8, text));
        if (_body.UnflushedBytes > FlushBytes)
            await Flush(cancellation);
    }

    /// <summary>Each call in two events, as providers write them: its name, then its arguments.</summary>
    public void ToolCalls()
    {
        for (int index = 0; index < call.ToolCalls.Count; index++)
        {
            SimulatedToolCall tool = call.ToolCalls[index];
            ToolEvent(index, json =>
            {
                json.WriteString("id"u8, tool.Id);
                json.WriteString("type"u8, "function"u8);
                WriteFunction(json, tool.Name, "");
            });
            ToolEvent(index, json => WriteFunction(json, name: null, tool.Arguments));
        }
    }

    public void EndStream()
    {
        Event(delta: static _ => { }, call.FinishReason);
        if (request.IncludeUsage)
            UsageEvent();
        _body.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>Chunks for as long as anybody listens.</summary>
    /// <exception cref="OperationCanceledException">The only way out.</exception>
    public async Task Endless(CancellationToken cancellation)
    {
        while (true)
        {
            // What is written to a client that has left counts as flushed at once.
            cancellation.ThrowIfCancellationRequested();
            await Chunk(SimulatedCall.More, cancellation);
        }
    }

    /// <summary>An event that breaks off inside a string.</summary>
    public void MalformedChunk() => _body.Write("data: {\"id\":\"chatcmpl-sim\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"del\n\n"u8);

    /// <summary>A chunk in whose text stands a byte that no UTF-8 has.</summary>
    public void InvalidChunk()
    {
        _body.Write("data: {\"id\":\"chatcmpl-sim\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"simulator\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" bad "u8);
        _body.Write([NoUtf8]);
        _body.Write("\"},\"finish_reason\":null}]}\n\n"u8);
    }

    public async ValueTask Flush(CancellationToken cancellation) => await _body.FlushAsync(cancellation);

    /// <summary>The answer in one piece; cut, malformed, spoilt or without end from its half on where the fault says so.</summary>
    public async Task Whole(CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            WriteWhole(json);
        Memory<byte> bytes = buffer.WrittenMemory.ToArray();
        response.ContentType = "application/json";
        if (call.Fault is { Kind: SimulatorFaultKind.Cut })
            response.ContentLength = bytes.Length;
        if (call.Fault is { Kind: SimulatorFaultKind.InvalidUtf8 })
            bytes.Span[bytes.Length / 2] = NoUtf8;
        if (call.Fault is { Kind: SimulatorFaultKind.Cut or SimulatorFaultKind.Malformed or SimulatorFaultKind.Endless })
            bytes = bytes[..(bytes.Length / 2)];
        await _body.WriteAsync(bytes, cancellation);
        while (call.Fault is { Kind: SimulatorFaultKind.Endless })
            await _body.WriteAsync(new byte[FlushBytes].AsMemory(), cancellation);
    }

    public void Dispose() => _json.Dispose();

    private void WriteWhole(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteHead(json, "chat.completion");
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, call.ToolCalls.Count > 0 ? null : call.Text);
        json.WriteNull("refusal"u8);
        if (call.Reasoning.Length > 0)
            json.WriteString("reasoning_content"u8, call.Reasoning);
        if (call.ToolCalls.Count > 0)
            WriteToolCalls(json);
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        WriteFinish(json, call.Fault is null ? call.FinishReason : null);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json);
        json.WriteEndObject();
    }

    private void WriteToolCalls(Utf8JsonWriter json)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (SimulatedToolCall tool in call.ToolCalls)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, tool.Id);
            json.WriteString("type"u8, "function"u8);
            WriteFunction(json, tool.Name, tool.Arguments);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void ToolEvent(int index, Action<Utf8JsonWriter> rest) => Event(delta: json =>
    {
        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        rest(json);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static void WriteFunction(Utf8JsonWriter json, string? name, string arguments)
    {
        json.WriteStartObject("function"u8);
        if (name is not null)
            json.WriteString("name"u8, name);
        json.WriteString("arguments"u8, arguments);
        json.WriteEndObject();
    }

    private void Event(Action<Utf8JsonWriter> delta, string? finishReason = null) => Data(json =>
    {
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("delta"u8);
        delta(json);
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        WriteFinish(json, finishReason);
        json.WriteEndObject();
        json.WriteEndArray();
        if (request.IncludeUsage)
            json.WriteNull("usage"u8);
    });

    private void UsageEvent() => Data(json =>
    {
        json.WriteStartArray("choices"u8);
        json.WriteEndArray();
        WriteUsage(json);
    });

    private void Data(Action<Utf8JsonWriter> rest)
    {
        _body.Write("data: "u8);
        _json.Reset();
        _json.WriteStartObject();
        WriteHead(_json, "chat.completion.chunk");
        rest(_json);
        _json.WriteEndObject();
        _json.Flush();
        _body.Write("\n\n"u8);
    }

    private void WriteHead(Utf8JsonWriter json, string type)
    {
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, type);
        json.WriteNumber("created"u8, _created);
        json.WriteString("model"u8, request.Model);
        json.WriteString("system_fingerprint"u8, "simulator"u8);
    }

    private static void WriteFinish(Utf8JsonWriter json, string? reason)
    {
        if (reason is null)
            json.WriteNull("finish_reason"u8);
        else
            json.WriteString("finish_reason"u8, reason);
    }

    private void WriteUsage(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, call.InputTokens);
        json.WriteNumber("completion_tokens"u8, call.OutputTokens);
        json.WriteNumber("total_tokens"u8, call.InputTokens + call.OutputTokens);
        json.WriteEndObject();
    }
}
