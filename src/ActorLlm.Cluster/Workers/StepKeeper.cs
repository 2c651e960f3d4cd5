using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;
using Akka.Actor;
using Recorded = ActorLlm.Domain.Conversations.StepOutcome;
using StepOutcome = ActorLlm.Modules.StepOutcome;

namespace ActorLlm.Cluster.Workers;

/// <summary>The steps of one attempt: has each recorded by the conversation before it is taken, and tells what is recorded of it.</summary>
/// <param name="attempt">The attempt.</param>
/// <param name="steps">Speaks to the conversation.</param>
/// <param name="stop">The attempt is over.</param>
internal sealed class StepKeeper(AttemptKey attempt, IActorRef steps, CancellationToken stop) : ISteps
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Taken> _taken = new(StringComparer.Ordinal);

    /// <summary>Whether the attempt has come to a step that is waited for: however its module goes on, it ends by that.</summary>
    public bool IsSuspended { get; private set; }

    public Task<StepResult> ToolAsync(
        string key, string name, string arguments, Func<ToolInvocation, CancellationToken, Task<string>> run, CancellationToken cancellationToken = default) =>
        ToolAsync(new StepRequest(key, StepKind.Tool, name, arguments), again: false, run, cancellationToken);

    public Task<StepResult> RetryToolAsync(
        string key, string name, string arguments, Func<ToolInvocation, CancellationToken, Task<string>> run, CancellationToken cancellationToken = default) =>
        ToolAsync(new StepRequest(key, StepKind.Tool, name, arguments), again: true, run, cancellationToken);

    public Task<StepResult> SendAsync(string key, string module, TurnContent content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var request = new StepRequest(key, StepKind.Child, module, "") { Content = content };
        return Take(request, again: false, () => AwaitAsync(request, cancellationToken));
    }

    public Task<StepResult> ApproveAsync(string key, string question, CancellationToken cancellationToken = default)
    {
        var request = new StepRequest(key, StepKind.Approval, "", question);
        return Take(request, again: false, () => AwaitAsync(request, cancellationToken));
    }

    /// <summary>Done when no tool is being called any more, or the patience is used up: what they answer is better recorded than lost with the attempt.</summary>
    public async Task ToolsEndedAsync(TimeSpan patience, TimeProvider time)
    {
        Task[] tools;
        lock (_gate) tools = [.. _taken.Values.Where(taken => taken.Request.Kind == StepKind.Tool).Select(taken => taken.Result)];
        await Task.WhenAll(tools).WaitAsync(patience, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task<StepResult> ToolAsync(
        StepRequest request, bool again, Func<ToolInvocation, CancellationToken, Task<string>> run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Take(request, again, () => CallAsync(request, again, run, cancellationToken));
    }

    // Asked for twice in one attempt it is one step; a tool whose outcome is unknown may be asked for once more.
    private Task<StepResult> Take(StepRequest request, bool again, Func<Task<StepResult>> take)
    {
        ArgumentNullException.ThrowIfNull(request.Key);
        lock (_gate)
        {
            if (_taken.TryGetValue(request.Key, out var known))
            {
                if (known.Request != request) throw new StepException($"The step '{request.Key}' was taken before in this attempt as another one. A key names one step of its turn.");
                var unknown = known.Result is { IsCompletedSuccessfully: true, Result.Outcome: StepOutcome.Unknown };
                if (!again || !unknown) return known.Result;
            }

            // What would be done now belongs after what is waited for, or was done in its place.
            if (IsSuspended) throw new SuspendedException();
            var result = take();
            _taken[request.Key] = new Taken(request, result);
            return result;
        }
    }

    private async Task<StepResult> CallAsync(
        StepRequest request, bool again, Func<ToolInvocation, CancellationToken, Task<string>> run, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cancellationToken);
        var standing = await SayAsync(new BeginStep(attempt, request, again), request.Key, either.Token).ConfigureAwait(false);
        if (standing.End is { } known) return Told(known);
        if (standing.BegunBy != attempt.Attempt)
            return new StepResult(StepOutcome.Unknown, $"Attempt {standing.BegunBy} was about to call the tool, and what came of it was lost with its worker.");
        var (outcome, text) = await RunAsync(request, run, either.Token).ConfigureAwait(false);
        var ended = await SayAsync(new EndStep(attempt, request.Key, outcome, text), request.Key, either.Token).ConfigureAwait(false);
        return Told(ended.End!);
    }

    private async Task<(Recorded Outcome, string Text)> RunAsync(
        StepRequest request, Func<ToolInvocation, CancellationToken, Task<string>> run, CancellationToken cancellationToken)
    {
        var key = StepRules.IdempotencyKey(attempt.Conversation, attempt.Turn, request.Key);
        try
        {
            return (Recorded.Done, await run(new ToolInvocation(request.Key, request.Name, request.Detail, key), cancellationToken).ConfigureAwait(false) ?? "");
        }
        // A provider's trouble is the attempt's: it is tried again by the provider's rules. Of a call that was broken off with its attempt nobody knows what came.
        catch (Exception error) when (error is not BackendException && (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested))
        {
            return (Recorded.Failed, $"{error.GetType().Name}: {error.Message}");
        }
    }

    private async Task<StepResult> AwaitAsync(StepRequest request, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, cancellationToken);
        var standing = await SayAsync(new BeginStep(attempt, request, Again: false), request.Key, either.Token).ConfigureAwait(false);
        if (standing.End is { } end) return Told(end);
        lock (_gate) IsSuspended = true;
        throw new SuspendedException();
    }

    private async Task<StepStanding> SayAsync(AttemptMessage message, string step, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<AttemptMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        steps.Tell(new StepWord(message, step, answer, cancellationToken), ActorRefs.NoSender);
        switch (await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            case StepStanding standing:
                return standing;
            case StepRefused { Stale: false } refused:
                throw new StepException(refused.Reason);
            default:
                // The attempt was given up, and will be told to stop: a module that went on now could still end its turn, without the step.
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
                throw new OperationCanceledException(cancellationToken);
        }
    }

    private static StepResult Told(StepEnd end) => new(
        end.Outcome switch
        {
            Recorded.Done => StepOutcome.Done,
            Recorded.Granted => StepOutcome.Granted,
            Recorded.Refused => StepOutcome.Refused,
            Recorded.Cancelled => StepOutcome.Cancelled,
            _ => StepOutcome.Failed,
        },
        end.Result,
        end.By);

    private sealed record Taken(StepRequest Request, Task<StepResult> Result);
}

/// <summary>Ends an attempt at a step that is waited for. Modules are not to catch it.</summary>
internal sealed class SuspendedException() : Exception(
    "The attempt ends here and the module is run again when the step has ended. A module must let this exception pass.");
