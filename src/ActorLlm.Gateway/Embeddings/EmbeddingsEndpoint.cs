using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Errors;
using ActorLlm.Hosting;
using ActorLlm.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Embeddings;

/// <summary><c>POST /v1/embeddings</c>: this node hands the request to the backend, once, and its answer back, each as it is. Nothing is stored.</summary>
internal sealed class EmbeddingsEndpoint(
    IEmbeddings embeddings, IModels models, DirectPlaces places, IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly GatewayOptions _options = options.Value;

    /// <summary>Answers the request, or gives the error to answer with.</summary>
    public async Task<ApiError?> HandleAsync(HttpContext http)
    {
        var (body, unreadable) = await RequestBody.ReadAsync<EmbeddingsBody>(
            http.Request, _options.MaxRequestBytes, EmbeddingsBody.Parse, http.RequestAborted);
        if (unreadable is not null) return unreadable;
        if (ChatRules.ModelError(body!.Model, models.Names) is { } unknown) return unknown;
        MeasuredRequest.Of(http)?.Asks(Names.Embeddings, body.Model);
        if (places.Enter(http) is { } full) return full;
        try
        {
            return await CallAsync(http, body);
        }
        finally
        {
            places.Leave();
        }
    }

    private async Task<ApiError?> CallAsync(HttpContext http, EmbeddingsBody body)
    {
        using var limit = new CancellationTokenSource(_options.MaxWait, time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        ReadOnlyMemory<byte> answer;
        try
        {
            answer = await embeddings.CallAsync(body.Model, body.Json, wait.Token);
        }
        catch (DirectCallException failed)
        {
            return Failures.Of(failed, "input");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            return ApiError.Final(504, "timeout", $"No embeddings within {_options.MaxWait}. The call was broken off, and nothing of it is kept.");
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.Length;
        await http.Response.BodyWriter.WriteAsync(answer, http.RequestAborted);
        return null;
    }
}
