using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;

namespace ActorLlm.Gateway.Tests.Fuzzing;

/// <summary>Sends odd requests, and holds what comes back against what a client can read.</summary>
internal static class OddAnswers
{
    private const int AtOnce = 16;
    private const int FailuresShown = 5;

    // What a request takes is milliseconds.
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    /// <summary>A client that sends headers in any script.</summary>
    public static HttpClient Client(Uri address) =>
        new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = address, Timeout = Hang };

    /// <summary>Sends requests, several at once, and fails with those that had no reply and no error that a client can read.</summary>
    /// <param name="client">Where to.</param>
    /// <param name="requests">The requests.</param>
    /// <param name="refusals">The statuses that an error may have.</param>
    /// <returns>How many requests of a kind got a status.</returns>
    public static async Task<IReadOnlyDictionary<(OddKind Kind, int Status), int>> GatherAsync(HttpClient client, IEnumerable<OddRequest> requests, IReadOnlyList<int> refusals)
    {
        var (seen, failures) = (new ConcurrentDictionary<(OddKind, int), int>(), new ConcurrentQueue<string>());
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (request, _) =>
        {
            try
            {
                seen.AddOrUpdate((request.Kind, await StatusAsync(client, request, refusals)), 1, (_, count) => count + 1);
            }
            catch (Exception wrong)
            {
                failures.Enqueue($"{request}\n{wrong.GetType().Name}: {wrong.Message}");
            }
        });
        Assert.True(failures.IsEmpty, $"{failures.Count} failed, among them:\n\n{string.Join("\n\n", failures.Take(FailuresShown))}");
        return seen;
    }

    private static async Task<int> StatusAsync(HttpClient client, OddRequest request, IReadOnlyList<int> refusals)
    {
        using var message = request.ToMessage();
        using var response = await client.SendAsync(message);
        var (status, text) = ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        Assert.True(status == 200 || refusals.Contains(status), $"It got {status}: {text}");
        // An answer to HEAD has no body.
        if (request.Method == "HEAD") return status;
        if (status != 200) AssertError(response, text);
        else if (response.Content.Headers.ContentType?.MediaType == "text/event-stream") AssertStream(text);
        else AssertReply(text);
        return status;
    }

    private static void AssertError(HttpResponseMessage response, string text)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var body = JsonDocument.Parse(text);
        var error = Assert.Single(body.RootElement.EnumerateObject());
        Assert.Equal("error", error.Name);
        Assert.Equal(["message", "type", "param", "code"], error.Value.EnumerateObject().Select(member => member.Name));
        Assert.NotEmpty(error.Value.GetProperty("message").GetString()!);
        Assert.NotEmpty(error.Value.GetProperty("type").GetString()!);
        Assert.NotEmpty(error.Value.GetProperty("code").GetString()!);
        // Only a limit may pass by itself; clients must not send again what is wrong.
        if (response.StatusCode != HttpStatusCode.TooManyRequests) Assert.Equal(["false"], response.Headers.GetValues("x-should-retry"));
    }

    private static void AssertReply(string text)
    {
        using var body = JsonDocument.Parse(text);
        Assert.Contains(body.RootElement.GetProperty("object").GetString(), (string[])["chat.completion", "list", "model", "response", "conversation"]);
    }

    private static void AssertStream(string text)
    {
        if (text.StartsWith("event: response.created", StringComparison.Ordinal))
        {
            Assert.Matches("event: response\\.(completed|incomplete)\ndata: .+\n\n$", text);
            return;
        }

        Assert.EndsWith("\n\ndata: [DONE]\n\n", text, StringComparison.Ordinal);
        foreach (var line in text.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            using var chunk = JsonDocument.Parse(line["data: ".Length..]);
            Assert.True(chunk.RootElement.TryGetProperty("choices", out _), line);
        }
    }
}
