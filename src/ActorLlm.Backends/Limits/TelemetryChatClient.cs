using System.Diagnostics;
using System.Runtime.CompilerServices;
using ActorLlm.Telemetry;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends;

/// <summary>
/// Tells of each call by OpenTelemetry's GenAI conventions: a client's span, how long it took and what it used. It says nothing of what was asked or answered.
/// It stands inside the limit on calls at once: waiting for a place is not the backend's time.
/// </summary>
internal sealed class TelemetryChatClient(IChatClient inner, CallIdentity call, TimeProvider time) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var measured = MeasuredCall.Begin(call, Names.Chat, time);
        try
        {
            ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken).ConfigureAwait(false);
            measured?.Count(response.Usage);
            measured?.End();
            return response;
        }
        catch (Exception error)
        {
            measured?.Fail(error);
            throw;
        }
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        MeasuredCall.Wanted ? MeasureAsync(messages, options, cancellationToken) : base.GetStreamingResponseAsync(messages, options, cancellationToken);

    private async IAsyncEnumerable<ChatResponseUpdate> MeasureAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var measured = MeasuredCall.Begin(call, Names.Chat, time);
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await MoveAsync(updates, measured).ConfigureAwait(false))
        {
            foreach (AIContent content in updates.Current.Contents)
            {
                if (content is UsageContent usage)
                    measured?.Count(usage.Details);
            }
            yield return updates.Current;
        }
        measured?.End();
    }

    private static async ValueTask<bool> MoveAsync(IAsyncEnumerator<ChatResponseUpdate> updates, MeasuredCall? measured)
    {
        try
        {
            return await updates.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            measured?.Fail(error);
            throw;
        }
    }
}

/// <summary>Whose calls are told of, in words from the configuration: they are labels, which must be few.</summary>
internal sealed record CallIdentity(string Provider, string Backend, string Model)
{
    /// <summary>What OpenTelemetry calls a kind of backend.</summary>
    public static string ProviderOf(string type) => type switch
    {
        BackendType.OpenAI => "openai",
        BackendType.AzureOpenAI => "azure.ai.openai",
        BackendType.Ollama => "ollama",
        BackendType.Simulator => "simulator",
        _ => "custom",
    };
}

/// <summary>One call under way, where anybody wants to hear of it.</summary>
internal sealed class MeasuredCall : IDisposable
{
    private readonly CallIdentity _call;
    private readonly string _operation;
    private readonly TimeProvider _time;
    private readonly long _begun;
    private readonly Activity? _span;
    private UsageDetails? _usage;
    // Whoever stops reading a stream says nothing, and leaves this.
    private string? _error = "cancelled";

    private MeasuredCall(CallIdentity call, string operation, TimeProvider time)
    {
        (_call, _operation, _time, _begun) = (call, operation, time, time.GetTimestamp());
        if (!Sources.Spans.HasListeners())
            return;
        _span = Sources.Spans.StartActivity($"{operation} {call.Model}", ActivityKind.Client);
        _span?.SetTag(Names.Operation, operation).SetTag(Names.Provider, call.Provider)
            .SetTag(Names.RequestModel, call.Model).SetTag(Names.Backend, call.Backend);
    }

    public static bool Wanted => ModelMetrics.Wanted || Sources.Spans.HasListeners();

    public static MeasuredCall? Begin(CallIdentity call, string operation, TimeProvider time) =>
        Wanted ? new MeasuredCall(call, operation, time) : null;

    public void Count(UsageDetails? usage) => _usage = usage ?? _usage;

    public void End() => _error = null;

    public void Fail(Exception error) => _error = error switch
    {
        OperationCanceledException => "cancelled",
        // What was classified says the same on every backend; a class of .NET says it for the rest. Both are few.
        BackendException { Failure.StatusCode: { } status } => status.ToString(System.Globalization.CultureInfo.InvariantCulture),
        BackendException => "backend",
        _ => BackendFailures.Classify(error).StatusCode?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? error.GetType().Name,
    };

    public void Dispose()
    {
        ModelMetrics.Called(_operation, _call.Provider, _call.Backend, _call.Model, _time.GetElapsedTime(_begun), _error);
        ModelMetrics.Used(_operation, _call.Provider, _call.Backend, _call.Model, _usage?.InputTokenCount, _usage?.OutputTokenCount);
        _span?.SetTag(Names.InputTokens, _usage?.InputTokenCount).SetTag(Names.OutputTokens, _usage?.OutputTokenCount);
        Spans.End(_span, _error);
    }
}
