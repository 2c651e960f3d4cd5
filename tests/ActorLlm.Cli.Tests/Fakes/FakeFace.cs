using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Cli.Tests.Fakes;

/// <summary>Streams of the HTTP face, as a node writes them.</summary>
internal static class FakeFace
{
    /// <summary>A node that streams this reply to every turn, from where the client has it.</summary>
    public static Task<FakeNode> RepliesAsync(params string[] words) => FakeNode.StartAsync(http => WriteAsync(http, words, words.Length, ends: true));

    /// <summary>A node that is lost after some words of its reply.</summary>
    public static Task<FakeNode> BreaksAfterAsync(int count, params string[] words) => FakeNode.StartAsync(http => WriteAsync(http, words, count, ends: false));

    public static async Task WriteAsync(HttpContext http, IReadOnlyList<string> words, int until, bool ends)
    {
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers["x-actorllm-turn"] = $"acme/{http.Request.Headers["X-Conversation-Id"]} {http.Request.Headers["Idempotency-Key"]}";
        var from = http.Request.Headers.TryGetValue("Last-Event-ID", out var last) ? int.Parse(last.ToString().Split('-')[0], CultureInfo.InvariantCulture) : 0;
        await http.Response.WriteAsync(": ping\n\n");
        for (var index = from; index < until; index++)
            await http.Response.WriteAsync($"id: {index + 1}-abcdef01\ndata: {Chunk(new { content = words[index] }, null)}\n\n");
        // Without its last line a stream is broken off, however its connection ends; an aborted one may lose what was written before.
        if (!ends) return;
        await http.Response.WriteAsync($"data: {Chunk(new { }, "stop")}\n\n");
        await http.Response.WriteAsync("""data: {"model":"simulator","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}""" + "\n\ndata: [DONE]\n\n");
    }

    public static Task ErrorFrameAsync(HttpContext http, string code)
    {
        http.Response.ContentType = "text/event-stream";
        return http.Response.WriteAsync("data: " + """{"error":{"message":"It went wrong.","code":"CODE"}}""".Replace("CODE", code, StringComparison.Ordinal) + "\n\n");
    }

    public static Task RefuseAsync(HttpContext http, int status, string code, bool mayRetry = false)
    {
        if (!mayRetry) http.Response.Headers["x-should-retry"] = "false";
        return FakeNode.WriteAsync(http, """{"error":{"message":"That cannot be.","code":"CODE"}}""".Replace("CODE", code, StringComparison.Ordinal), status);
    }

    private static string Chunk(object delta, string? finish) =>
        JsonSerializer.Serialize(new { model = "simulator", choices = new[] { new { index = 0, delta, finish_reason = finish } }, usage = (object?)null });
}
