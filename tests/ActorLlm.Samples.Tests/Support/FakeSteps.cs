using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;
using StepOutcome = ActorLlm.Modules.StepOutcome;

namespace ActorLlm.Samples.Tests;

/// <summary>The attempt ends here; the module is run again later.</summary>
internal sealed class Waiting : Exception;

/// <summary>The steps of one turn over its attempts, in memory: what is recorded is not run again, and an approval ends the attempt.</summary>
internal sealed class FakeSteps : ISteps
{
    private readonly Dictionary<string, StepResult> _ended = [];

    /// <summary>Approvals that were asked for, by their step.</summary>
    public Dictionary<string, string> Questions { get; } = [];

    /// <summary>The step after whose call the worker is lost, once.</summary>
    public string LoseOutcomeOf { get; set; } = "";

    /// <summary>Ends all approvals that are waited for.</summary>
    public void Decide(StepOutcome outcome, string note)
    {
        foreach (var key in Questions.Keys) _ended[key] = new StepResult(outcome, note, "a human");
    }

    public async Task<StepResult> ToolAsync(
        string key, string name, string arguments, Func<ToolInvocation, CancellationToken, Task<string>> run, CancellationToken cancellationToken = default)
    {
        if (_ended.TryGetValue(key, out var ended)) return ended;
        var text = await run(new ToolInvocation(key, name, arguments, $"conversation/turn/{key}"), cancellationToken);
        if (LoseOutcomeOf == key)
        {
            LoseOutcomeOf = "";
            throw new Waiting();
        }

        return _ended[key] = new StepResult(StepOutcome.Done, text);
    }

    public Task<StepResult> RetryToolAsync(
        string key, string name, string arguments, Func<ToolInvocation, CancellationToken, Task<string>> run, CancellationToken cancellationToken = default) =>
        ToolAsync(key, name, arguments, run, cancellationToken);

    public Task<StepResult> SendAsync(string key, string module, TurnContent content, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("No sample sends a module a turn.");

    public Task<StepResult> ApproveAsync(string key, string question, CancellationToken cancellationToken = default)
    {
        if (_ended.TryGetValue(key, out var ended)) return Task.FromResult(ended);
        Questions[key] = question;
        throw new Waiting();
    }
}
