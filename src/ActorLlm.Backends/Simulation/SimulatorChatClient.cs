using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Simulation;

/// <summary>
/// The simulator in this process: says that it is one, gives the same answer to the same prompt, and fails on demand in the ways that
/// a provider's client fails.
/// </summary>
public sealed class SimulatorChatClient : IChatClient
{
    private readonly SimulatorEngine _engine;
    private readonly string _model;
    private readonly ChatClientMetadata _metadata;

    /// <param name="engine">What decides; several clients may share one.</param>
    /// <param name="model">The model name that answers carry.</param>
    public SimulatorChatClient(SimulatorEngine engine, string model = SimulatorOptions.DefaultModel)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        _engine = engine;
        _model = model;
        _metadata = new ChatClientMetadata("simulator", defaultModelId: model);
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        SimulatedCall call = _engine.Begin(messages, options);
        ThrowStatus(call);
        if (call.Fault is { Kind: not SimulatorFaultKind.MissingEnd })
            await Break(call, cancellationToken).ConfigureAwait(false);
        await call.UntilWhole(cancellationToken).ConfigureAwait(false);
        bool ends = call.Fault is null;
        if (ends)
            call.Complete();
        List<AIContent> contents = [.. ToolCalls(call)];
        if (call.Text.Length > 0)
            contents.Insert(0, new TextContent(call.Text));
        if (call.Reasoning.Length > 0)
            contents.Insert(0, new TextReasoningContent(call.Reasoning));
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, contents))
        {
            ResponseId = ResponseId(call),
            ModelId = _model,
            CreatedAt = call.CreatedAt,
            FinishReason = ends ? new ChatFinishReason(call.FinishReason) : null,
            Usage = Usage(call),
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        SimulatedCall call = _engine.Begin(messages, options);
        ThrowStatus(call);
        string id = ResponseId(call);
        if (call.Reasoning.Length > 0)
            yield return Update(new TextReasoningContent(call.Reasoning));
        while (await call.NextChunk(cancellationToken).ConfigureAwait(false) is { } text)
        {
            if (text.Length > 0)
                yield return Update(new TextContent(text));
        }
        if (call.Fault is { Kind: SimulatorFaultKind.MissingEnd })
            yield break;
        while (call.Fault is { Kind: SimulatorFaultKind.Endless })
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Update(new TextContent(SimulatedCall.More));
        }
        if (call.Fault is not null)
            await Break(call, cancellationToken).ConfigureAwait(false);
        call.Complete();
        foreach (AIContent toolCall in ToolCalls(call))
            yield return Update(toolCall);
        ChatResponseUpdate last = Update(new UsageContent(Usage(call)));
        last.FinishReason = new ChatFinishReason(call.FinishReason);
        yield return last;

        ChatResponseUpdate Update(AIContent content) => new(ChatRole.Assistant, [content])
        {
            ResponseId = id,
            MessageId = id,
            ModelId = _model,
            CreatedAt = call.CreatedAt,
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        return serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType == typeof(SimulatorEngine) ? _engine
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static void ThrowStatus(SimulatedCall call)
    {
        if (call.Fault is { Kind: SimulatorFaultKind.Status } fault)
            throw new BackendException(BackendFailures.FromStatus(
                fault.StatusCode, fault.RetryAfter, fault.Code is { } code ? $"simulated fault ({code})" : "simulated fault", fault.Code));
    }

    /// <summary>Fails as the network or a provider's client would.</summary>
    private static async Task Break(SimulatedCall call, CancellationToken cancellation)
    {
        switch (call.Fault!.Kind)
        {
            case SimulatorFaultKind.Hang:
                await call.HangAsync(cancellation).ConfigureAwait(false);
                break;
            case SimulatorFaultKind.Malformed or SimulatorFaultKind.WrongType or SimulatorFaultKind.InvalidUtf8:
                throw new JsonException("Simulated fault: a chunk that is not JSON.");
            default:
                throw new HttpIOException(HttpRequestError.ResponseEnded, "Simulated fault: the connection broke.");
        }
    }

    private static IEnumerable<AIContent> ToolCalls(SimulatedCall call) =>
        call.ToolCalls.Select(tool => ToolCallText.ContentOf(tool.Id, tool.Name, tool.Arguments));

    private static string ResponseId(SimulatedCall call) => $"sim-{call.Prompt}";

    private static UsageDetails Usage(SimulatedCall call) => new()
    {
        InputTokenCount = call.InputTokens,
        OutputTokenCount = call.OutputTokens,
        TotalTokenCount = call.InputTokens + call.OutputTokens,
    };
}
