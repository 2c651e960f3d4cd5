using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using ActorLlm.Chaos.Ledger;

namespace ActorLlm.Chaos.Load;

/// <summary>Reads answers of POST /v1/chat/completions as a strict client does: nothing that breaks off passes for a whole reply.</summary>
internal static class AnswerReader
{
    private const string DataPrefix = "data: ";
    private const string LastData = "[DONE]";

    /// <summary>An answer whose status is not 200.</summary>
    public static async Task<Answer> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var status = (int)response.StatusCode;
        var mayRetry = !response.Headers.TryGetValues("x-should-retry", out var said) || !said.Contains("false");
        return mayRetry && (response.StatusCode == HttpStatusCode.TooManyRequests || status >= 500)
            ? new Answer.Retry($"status {status}", RetryAfter(response))
            : new Answer.Refusal($"status {status}: {body}");
    }

    public static async Task<Answer> ReadWholeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var json = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        var choice = json.RootElement.GetProperty("choices")[0];
        return choice.GetProperty("finish_reason").GetString() is { Length: > 0 }
            ? new Answer.Reply(choice.GetProperty("message").GetProperty("content").GetString()!)
            : new Answer.Refusal("a reply without finish_reason");
    }

    /// <summary>Reads a stream; what was read of one that breaks off is noted with the turn.</summary>
    /// <param name="response">The answer with status 200.</param>
    /// <param name="turn">The turn.</param>
    /// <param name="leaveAtText">Whether the first piece of text is enough.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<Answer> ReadStreamAsync(
        HttpResponseMessage response, TurnRecord turn, bool leaveAtText, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var text = new StringBuilder();
        var finished = false;
        try
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                if (!line.StartsWith(DataPrefix, StringComparison.Ordinal))
                    continue;
                var data = line[DataPrefix.Length..];
                if (data == LastData)
                    return finished ? new Answer.Reply(text.ToString()) : new Answer.Refusal("a stream ended without finish_reason");
                using var json = JsonDocument.Parse(data);
                if (json.RootElement.TryGetProperty("error", out var error))
                    return new Answer.Retry($"error frame {error.GetProperty("code").GetString()}") { Broken = true };
                finished |= Append(json.RootElement.GetProperty("choices")[0], text);
                if (leaveAtText && text.Length > 0)
                    return new Answer.Left();
            }
            return new Answer.Retry("cut stream") { Broken = true };
        }
        finally
        {
            turn.NoteBeginning(text.ToString());
        }
    }

    private static bool Append(JsonElement choice, StringBuilder text)
    {
        if (choice.GetProperty("delta").TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String)
            text.Append(content.GetString());
        return choice.GetProperty("finish_reason").ValueKind == JsonValueKind.String;
    }

    private static TimeSpan RetryAfter(HttpResponseMessage response) =>
        response.Headers.TryGetValues("retry-after-ms", out var values)
        && double.TryParse(values.First(), CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
}
