using ActorLlm.Backends;
using ActorLlm.Backends.Simulation;

namespace ActorLlm.Simulator;

/// <summary>Handles <c>POST /v1/chat/completions</c>; faults happen on the wire, as a client would meet them.</summary>
internal sealed class ChatCompletions(SimulatorEngine engine, IReadOnlyList<string> models, CancellationToken stopping)
{
    public async Task Handle(HttpContext context)
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            ChatRequest request = await ChatRequest.Read(context.Request, gone.Token);
            if (!models.Contains(request.Model))
                throw new RefusedException(StatusCodes.Status404NotFound, $"there is no model '{request.Model}'.");
            SimulatedCall call = engine.Begin(request.Messages, request.Options);
            if (call.Fault is { Kind: SimulatorFaultKind.Status } fault)
            {
                await OpenAIError.Write(context, fault.StatusCode, "simulated fault", fault);
                return;
            }
            if (call.Fault is { Kind: SimulatorFaultKind.WrongType })
            {
                context.Response.ContentType = "text/html; charset=utf-8";
                await context.Response.WriteAsync("<html><body>Welcome.</body></html>\n", gone.Token);
                return;
            }
            context.Response.Headers["x-request-id"] = context.TraceIdentifier;
            if (call.Fault is { AfterTokens: 0, Kind: SimulatorFaultKind.Hang or SimulatorFaultKind.Cut })
                await BreakBeforeAnswer(context, call, gone.Token);
            using var writer = new CompletionWriter(context.Response, call, request);
            await (request.Stream ? Stream(context, call, writer, gone.Token) : Whole(context, call, writer, gone.Token));
        }
        catch (RefusedException exception)
        {
            await OpenAIError.Write(context, exception.Status, exception.Message);
        }
        catch (BackendException exception) when (!context.Response.HasStarted)
        {
            await OpenAIError.Write(context, exception.Failure.StatusCode ?? 500, exception.Message);
        }
        catch (BadHttpRequestException exception) when (!context.Response.HasStarted)
        {
            await OpenAIError.Write(context, exception.StatusCode, exception.Message);
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    /// <summary>No status line comes.</summary>
    private static async Task BreakBeforeAnswer(HttpContext context, SimulatedCall call, CancellationToken cancellation)
    {
        if (call.Fault!.Kind == SimulatorFaultKind.Hang)
            await call.HangAsync(cancellation);
        context.Abort();
        throw new SimulatedCutException(context.TraceIdentifier);
    }

    private static async Task Stream(HttpContext context, SimulatedCall call, CompletionWriter writer, CancellationToken cancellation)
    {
        writer.BeginStream();
        writer.Reasoning();
        while (true)
        {
            ValueTask<string?> next = call.NextChunk(cancellation);
            // What is written goes out before a wait, and chunks that are due at once go out together.
            if (!next.IsCompleted)
                await writer.Flush(cancellation);
            if (await next is not { } text)
                break;
            await writer.Chunk(text, cancellation);
        }
        switch (call.Fault?.Kind)
        {
            case null:
                writer.ToolCalls();
                writer.EndStream();
                call.Complete();
                break;
            case SimulatorFaultKind.MissingEnd:
                break;
            case SimulatorFaultKind.Malformed:
                writer.MalformedChunk();
                break;
            case SimulatorFaultKind.InvalidUtf8:
                writer.InvalidChunk();
                writer.EndStream();
                break;
            case SimulatorFaultKind.Endless:
                await writer.Endless(cancellation);
                break;
            default:
                await writer.Flush(cancellation);
                await Break(context, call, cancellation);
                break;
        }
        await writer.Flush(cancellation);
    }

    private static async Task Whole(HttpContext context, SimulatedCall call, CompletionWriter writer, CancellationToken cancellation)
    {
        if (call.Fault is { Kind: SimulatorFaultKind.Hang })
            await call.HangAsync(cancellation);
        await call.UntilWhole(cancellation);
        await writer.Whole(cancellation);
        if (call.Fault is null)
            call.Complete();
        else if (call.Fault.Kind == SimulatorFaultKind.Cut)
            await Break(context, call, cancellation);
    }

    private static async Task Break(HttpContext context, SimulatedCall call, CancellationToken cancellation)
    {
        if (call.Fault!.Kind == SimulatorFaultKind.Hang)
            await call.HangAsync(cancellation);
        // Unlike an abort, an exception lets what was written reach the client; then the connection closes without an end of the body.
        throw new SimulatedCutException(context.TraceIdentifier);
    }

    private sealed class SimulatedCutException(string request) : Exception($"Request {request} was cut, as asked for.");
}
