using ActorLlm.Domain.Conversations;

namespace ActorLlm.Modules;

/// <summary>
/// What a module does within a turn that must not be silently repeated. Each step has a key of the module's choosing, unique in its turn; a later attempt
/// that asks for it again is given what is recorded of it.
/// </summary>
/// <remarks>
/// All throw <see cref="StepException"/> when a step cannot be taken, as with a key that was used for another step of the turn. A call that waits for another
/// module or a human does not return in the attempt that makes it: the attempt ends, holds no place meanwhile, and the module is run again from its beginning once
/// the step has ended. Do not catch every exception around such a call.
/// </remarks>
public interface ISteps
{
    /// <summary>
    /// Calls a tool. That it is about to be called is durable before <paramref name="run"/> begins, its result before this returns. A later attempt is given the
    /// recorded result without a call; where the result was lost with its worker, <see cref="StepOutcome.Unknown"/>.
    /// </summary>
    /// <param name="key">The step.</param>
    /// <param name="name">The tool.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="run">
    /// Makes the call and gives its result; what it throws is recorded as <see cref="StepOutcome.Failed"/>. A failure of <see cref="ModuleTurn.Client"/> passes unrecorded, so
    /// that the attempt is repeated by the provider's rules.
    /// </param>
    /// <param name="cancellationToken">The attempt's.</param>
    Task<StepResult> ToolAsync(
        string key, string name, string arguments, Func<ToolInvocation, CancellationToken, Task<string>> run, CancellationToken cancellationToken = default);

    /// <summary>
    /// The same, and calls the tool once more where the outcome is <see cref="StepOutcome.Unknown"/>, with the same <see cref="ToolInvocation.IdempotencyKey"/>: for
    /// tools that recognise it, or do no harm when they are called twice.
    /// </summary>
    /// <inheritdoc cref="ToolAsync"/>
    Task<StepResult> RetryToolAsync(
        string key, string name, string arguments, Func<ToolInvocation, CancellationToken, Task<string>> run, CancellationToken cancellationToken = default);

    /// <summary>Sends another module a durable turn of its own and waits for the reply. It is cancelled with this turn.</summary>
    /// <param name="key">The step.</param>
    /// <param name="module">The other module; also a backend's model.</param>
    /// <param name="content">What it is asked; its model is set by <paramref name="module"/>.</param>
    /// <param name="cancellationToken">The attempt's.</param>
    Task<StepResult> SendAsync(string key, string module, TurnContent content, CancellationToken cancellationToken = default);

    /// <summary>Asks for a human's approval and waits for it, however long it takes.</summary>
    /// <param name="key">The step.</param>
    /// <param name="question">What is to be approved, for people.</param>
    /// <param name="cancellationToken">The attempt's.</param>
    Task<StepResult> ApproveAsync(string key, string question, CancellationToken cancellationToken = default);
}

/// <summary>Shorter words for steps.</summary>
public static class StepsExtensions
{
    /// <summary>Sends another module one message of text and waits for the reply.</summary>
    /// <inheritdoc cref="ISteps.SendAsync"/>
    public static Task<StepResult> SendAsync(this ISteps steps, string key, string module, string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return steps.SendAsync(key, module, TurnContent.Of(text), cancellationToken);
    }
}

/// <summary>A call of a tool that is about to be made.</summary>
/// <param name="Key">The step.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="IdempotencyKey">The same for every call of this step, and for no other: hand it to the tool, so that it recognises a repeat.</param>
public sealed record ToolInvocation(string Key, string Name, string Arguments, string IdempotencyKey);

/// <summary>How a step ended.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Text">A tool's result, a module's reply, a human's note, or why it failed.</param>
/// <param name="By">Who decided an approval; empty elsewhere.</param>
public sealed record StepResult(StepOutcome Outcome, string Text, string By = "")
{
    /// <summary>Whether it ended as it was wished for.</summary>
    public bool Succeeded => Outcome is StepOutcome.Done or StepOutcome.Granted;
}

/// <summary>How a step ended.</summary>
public enum StepOutcome
{
    /// <summary>The tool or the module has answered.</summary>
    Done = 1,

    /// <summary>The tool threw, or the other module's turn failed or could not be sent.</summary>
    Failed = 2,

    /// <summary>Approved.</summary>
    Granted = 3,

    /// <summary>Not approved.</summary>
    Refused = 4,

    /// <summary>The other module's turn was cancelled.</summary>
    Cancelled = 5,

    /// <summary>The tool was called, or was about to be, and what came of it was lost with its worker.</summary>
    Unknown = 6,
}

/// <summary>A step cannot be taken: the module is in error, and the message says how.</summary>
public sealed class StepException(string message) : Exception(message);
