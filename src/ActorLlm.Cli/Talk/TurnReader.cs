using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ActorLlm.Cli.Talk;

/// <summary>Reads the events of one answer of POST /v1/chat/completions. What breaks off is no end.</summary>
internal sealed class TurnReader
{
    private const string IdField = "id: ";
    private const string DataField = "data: ";
    private const string LastData = "[DONE]";

    // Heartbeats come every 15 s unless configured otherwise; a node that is silent for longer is asked again, which costs nothing.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private string _finish = "";
    private string _model = "";
    private long? _input;
    private long? _output;

    /// <summary>The id of the last text, for Last-Event-ID; null before there was any.</summary>
    public string? LastId { get; private set; }

    /// <summary>What an error frame said; null where none came.</summary>
    public FaceError? Error { get; private set; }

    /// <summary>Reads until the end, the break or an error frame.</summary>
    public async IAsyncEnumerable<TurnNews> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(body);
        string? id = null;
        while (await NextAsync(lines, cancellationToken) is { } line)
        {
            if (line.StartsWith(IdField, StringComparison.Ordinal)) id = line[IdField.Length..];
            if (!line.StartsWith(DataField, StringComparison.Ordinal)) continue;
            var data = line[DataField.Length..];
            if (data == LastData)
            {
                if (_finish.Length > 0) yield return new TurnNews.End(_finish, _model, _input, _output);
                yield break;
            }

            using var chunk = JsonDocument.Parse(data);
            if ((Error = FaceError.Of(chunk.RootElement, status: 0)) is not null) yield break;
            if (Take(chunk.RootElement) is not { Length: > 0 } text) continue;
            LastId = id ?? LastId;
            yield return new TurnNews.Text(text);
        }
    }

    private static async Task<string?> NextAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Silence);
        try
        {
            return await lines.ReadLineAsync(limit.Token);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"it was silent for {Silence.TotalSeconds:0} s", problem);
        }
    }

    private string? Take(JsonElement chunk)
    {
        if (chunk.TryGetProperty("model", out var model)) _model = model.GetString() ?? "";
        if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
            (_input, _output) = (usage.GetProperty("prompt_tokens").GetInt64(), usage.GetProperty("completion_tokens").GetInt64());
        if (!chunk.TryGetProperty("choices", out var choices) || choices.GetArrayLength() == 0) return null;
        var choice = choices[0];
        if (choice.GetProperty("finish_reason").GetString() is { } finish) _finish = finish;
        var delta = choice.GetProperty("delta");
        return Text(delta, "content") ?? Text(delta, "refusal");
    }

    private static string? Text(JsonElement delta, string field) =>
        delta.TryGetProperty(field, out var text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } some ? some : null;
}
