using System.Text.Json;
using ActorLlm.Inspection;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>Writes answers as the contract says.</summary>
internal static class Answers
{
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    public static async Task WriteAsync<T>(HttpContext http, T answer, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answer, AdminApi.Json), http.RequestAborted);
    }

    public static void BeginLines(HttpContext http)
    {
        http.Response.ContentType = "application/jsonl";
        http.Response.Headers.CacheControl = "no-store";
    }

    /// <summary>Writes a line and waits until the client takes it, so that no more than it takes is in memory.</summary>
    public static async Task WriteLineAsync<T>(HttpContext http, T line, CancellationToken cancellationToken)
    {
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, AdminApi.Json), cancellationToken);
        await http.Response.Body.WriteAsync(LineEnd, cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
    }
}
