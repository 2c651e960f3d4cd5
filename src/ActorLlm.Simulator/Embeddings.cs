using ActorLlm.Backends;
using ActorLlm.Backends.Simulation;

namespace ActorLlm.Simulator;

/// <summary>Handles <c>POST /v1/embeddings</c>.</summary>
internal sealed class Embeddings(IReadOnlyList<string> models)
{
    public async Task Handle(HttpContext context)
    {
        try
        {
            BinaryData request = await BinaryData.FromStreamAsync(context.Request.Body, context.RequestAborted);
            BinaryData answer = SimulatorEmbeddings.Answer(request, models.Contains);
            context.Response.Headers["x-request-id"] = context.TraceIdentifier;
            context.Response.ContentType = "application/json";
            await context.Response.BodyWriter.WriteAsync(answer.ToMemory(), context.RequestAborted);
        }
        catch (BackendException exception)
        {
            await OpenAIError.Write(context, exception.Failure.StatusCode ?? 500, exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            await OpenAIError.Write(context, exception.StatusCode, exception.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }
}
