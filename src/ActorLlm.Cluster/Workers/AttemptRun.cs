using System.Diagnostics;
using ActorLlm.Backends;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Cluster.Images;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Cluster.Streams;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;
using ActorLlm.Telemetry;
using Akka.Actor;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Workers;

/// <summary>One attempt at work: calls the backend or the module, gathers the text and passes it on to those who watch.</summary>
internal sealed class AttemptRun
{
    private static readonly AttemptEnd Stopped = new AttemptEnd.Failed(FailureKind.Interrupted, "The worker was asked to stop.", null);

    private readonly RunAttempt _request;
    private readonly BackendCatalog _backends;
    private readonly StreamStore? _streams;
    private readonly TimeProvider _time;
    private readonly BackendHealth _health;
    private readonly AttemptSpans _spans;
    private readonly StreamFan _fan;
    private readonly RunTrace _trace;
    private readonly ServedModule? _module;
    private readonly ImageFetcher _images;
    private readonly IActorRef _stepActor;

    // Not disposed of: it has no timer, and the call may still look at it after its worker has let go.
    private readonly CancellationTokenSource _stop = new();

    /// <param name="request">What is to be done.</param>
    /// <param name="runtime">What the worker works with.</param>
    /// <param name="health">Is told how backends do.</param>
    /// <param name="trace">Is told how the attempt goes.</param>
    /// <param name="module">Who answers; null for a backend.</param>
    public AttemptRun(RunAttempt request, WorkerRuntime runtime, BackendHealth health, RunTrace trace, ServedModule? module = null)
    {
        _spans = runtime.Spans;
        _request = request;
        _backends = runtime.Backends;
        _streams = runtime.Streams;
        _time = runtime.Time;
        _health = health;
        _trace = trace;
        _module = module;
        _images = runtime.Images;
        _stepActor = runtime.Steps;
        _fan = new StreamFan(request.Key, _streams, _time, BreakOff);
    }

    /// <summary>The span that tells of it; null where there is none.</summary>
    public ulong? SpanId { get; private set; }

    /// <summary>How long the backend worked; null where nobody measures it.</summary>
    public TimeSpan? BackendTime { get; private set; }

    /// <summary>The backend that was called; empty where none was.</summary>
    public string Backend { get; private set; } = "";

    /// <summary>Done when nothing of it works any more: a module may go on after its attempt has ended.</summary>
    public Task Left { get; private set; } = Task.CompletedTask;

    /// <summary>Sends a client the text from an offset on, what there is now and what follows.</summary>
    public void Attach(IActorRef client, int offset) => _fan.Attach(client, offset);

    /// <summary>Breaks the call off, if it still runs, and lets those go who watch. What a client does when it is cancelled is not done on the caller's thread.</summary>
    public void Stop()
    {
        _fan.Dispose();
        BreakOff();
    }

    /// <summary>Drops what was stored of the stream.</summary>
    public void ForgetStream() => _fan.Forget();

    /// <summary>Runs to the end; every way to end is a value.</summary>
    public async Task<AttemptEnd> ExecuteAsync()
    {
        var span = _spans.Begin(_request);
        SpanId = Traces.SpanIdOf(span);
        var end = await RunAsync(span).ConfigureAwait(false);
        _spans.End(span, end);
        return end with { Trace = _trace.Until(_time.NowInMilliseconds(), replied: end is AttemptEnd.Succeeded) };
    }

    private async Task<AttemptEnd> RunAsync(Activity? span)
    {
        if (_module is { } module) return await RunAsync(module, span).ConfigureAwait(false);
        if (!_backends.TryResolve(_request.Content.Model, _backends.SomeTakeNoImages && ChatRequest.HasImages(_request.History, _request.Content), out var backend))
        {
            return new AttemptEnd.Failed(
                FailureKind.Content, $"No backend of the worker's node serves the model '{_request.Content.Model}'.", null);
        }

        Backend = backend.Backend;
        AttemptSpans.Called(span, backend);
        try
        {
            var end = await CallAsync(backend).ConfigureAwait(false);
            if (end is AttemptEnd.Failed failed) _health.Failed(_request.Key, backend.Backend, failed.Reason);
            else _health.Answered(backend.Backend);
            return end;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (Exception error)
        {
            var failure = BackendFailures.Classify(error);
            if (failure.Unforeseen) _health.Unforeseen(_request.Key, backend.Backend, error);
            else if (failure.Kind == BackendFailureKind.Provider) _health.Failed(_request.Key, backend.Backend, failure.Message);
            var kind = failure.NoCredit ? FailureKind.NoCredit
                : failure.AnswerUnusable ? FailureKind.AnswerUnusable
                : failure.Kind == BackendFailureKind.Provider ? FailureKind.Provider
                : FailureKind.Content;
            return new AttemptEnd.Failed(kind, failure.Message, failure.RetryAfter);
        }
    }

    private async Task<AttemptEnd> RunAsync(ServedModule module, Activity? span)
    {
        using var run = new ModuleRun(module.Options.Timeout, _time, _stop.Token);
        var source = new ResolvedBackend(new ModuleClient(_backends, _images, module.Options.Model), module.Source, module.Name);
        Backend = source.Backend;
        AttemptSpans.Called(span, source);
        var end = await AnswerAsync(module, run, source).ConfigureAwait(false);
        Left = run.Left;
        if (end is AttemptEnd.Succeeded) _health.Answered(source.Backend);
        else if (end is AttemptEnd.Failed { Kind: not (FailureKind.Interrupted or FailureKind.Content) } failed) _health.Failed(_request.Key, source.Backend, failed.Reason);
        return end;
    }

    private async Task<AttemptEnd> AnswerAsync(ServedModule module, ModuleRun run, ResolvedBackend source)
    {
        var steps = new StepKeeper(_request.Key, _stepActor, _stop.Token);
        var end = await TryAnswerAsync(module, run, source, steps).ConfigureAwait(false);
        if (!steps.IsSuspended || _stop.IsCancellationRequested) return end;
        // Whatever the module made of it: it is run again when it need not wait.
        await steps.ToolsEndedAsync(module.Options.Timeout, _time).ConfigureAwait(false);
        return new AttemptEnd.Suspended();
    }

    private async Task<AttemptEnd> TryAnswerAsync(ServedModule module, ModuleRun run, ResolvedBackend source, StepKeeper steps)
    {
        try
        {
            await TakeOverAsync(source).ConfigureAwait(false);
            var reply = new ReplyBuilder();
            _trace.Called(source, _time.NowInMilliseconds());
            return await GatherAsync(run.StreamAsync(module.Handler, Turn(module, source.Client, steps)), reply).ConfigureAwait(false)
                ? module.Finish(reply, _fan.Complete(), source)
                : module.Failed($"wrote more than {Limits.MaxReplyBytes} characters and was broken off.");
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (Exception) when (run.TimedOut)
        {
            return module.Failed($"did not end within {module.Options.Timeout} and was stopped.");
        }
        catch (Exception error)
        {
            var end = module.Failed(error, out var unforeseen);
            if (unforeseen && !steps.IsSuspended) _health.Unforeseen(_request.Key, source.Backend, error);
            return end;
        }
    }

    private ModuleTurn Turn(ServedModule module, IChatClient client, ISteps steps) => new()
    {
        Module = module.Name,
        Conversation = _request.Key.Conversation,
        Turn = _request.Key.Turn,
        Attempt = _request.Key.Attempt,
        Content = _request.Content,
        History = [.. _request.History],
        Messages = [.. ChatRequest.Messages(_request.History, _request.Content)],
        Options = ChatRequest.Options(_request.Content, module.Options.Model),
        Client = client,
        Steps = steps,
        Lineage = _request.Content.Lineage,
    };

    private void BreakOff() => _ = _stop.CancelAsync();

    private async Task<AttemptEnd> CallAsync(ResolvedBackend backend)
    {
        var begun = await TakeOverAsync(backend).ConfigureAwait(false);
        var reply = new ReplyBuilder();
        var messages = await ImageMessages.ForAsync(
            backend, ChatRequest.Messages(_request.History, _request.Content), _images, _stop.Token).ConfigureAwait(false);
        var options = ChatRequest.Options(_request.Content, backend.Model);
        if (begun.Length > 0)
        {
            messages = messages.Append(new ChatMessage(ChatRole.Assistant, begun));
            Continuation.Ask(options);
        }

        var called = _time.GetTimestamp();
        _trace.Called(backend, _time.NowInMilliseconds());
        if (!await GatherAsync(backend.Client.GetStreamingResponseAsync(messages, options, _stop.Token), reply).ConfigureAwait(false))
        {
            return new AttemptEnd.Failed(
                FailureKind.Content, $"The reply grew past {Limits.MaxReplyBytes} characters and was broken off.", null);
        }

        if (TurnMetrics.OverheadWanted) BackendTime = TimeSpan.FromMicroseconds(Math.Floor(_time.GetElapsedTime(called).TotalMicroseconds));
        return reply.Finish(_fan.Complete(), backend) is { } whole
            ? new AttemptEnd.Succeeded(whole)
            : new AttemptEnd.Failed(FailureKind.Provider, "The reply ended without a finish reason: it may be cut short.", null);
    }

    /// <summary>Gathers the reply and shows its text as it grows; false where it is too large.</summary>
    private async Task<bool> GatherAsync(IAsyncEnumerable<ChatResponseUpdate> updates, ReplyBuilder reply)
    {
        await foreach (var update in updates.ConfigureAwait(false))
        {
            foreach (var text in reply.Add(update))
            {
                _trace.Spoke(_time);
                _fan.Append(text);
            }

            _trace.Counted(reply.Usage);

            // A coarse stop, in characters; the bytes are counted when the reply is committed.
            if (_fan.Length + reply.OtherLength > Limits.MaxReplyBytes) return false;
        }

        return true;
    }

    /// <summary>Takes over what earlier attempts have shown; gives the text that the backend is to go on from, or an empty one.</summary>
    private async Task<string> TakeOverAsync(ResolvedBackend backend)
    {
        if (_streams is null || _request.Key.Attempt == 1) return "";
        while (true)
        {
            try
            {
                var rest = await _streams.TakeOverAsync(StreamRow.StreamOf(_request.Key), _request.Key.Attempt, _stop.Token).ConfigureAwait(false);
                var begun = backend.ContinuesPrefix ? rest.Text : "";
                _fan.GoOn(begun, rest.Position);
                return begun;
            }
            catch (Exception error) when (DatabaseLoss.IsMeantBy(error))
            {
                // Without the database no reply can be committed either.
                await Task.Delay(Limits.StreamRetry, _time, _stop.Token).ConfigureAwait(false);
            }
        }
    }
}
