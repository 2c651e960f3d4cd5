namespace ActorLlm.Backends.Simulation;

/// <summary>One simulated call: the answer, when each part of it is due, and what goes wrong. For one reader at a time.</summary>
public sealed class SimulatedCall
{
    /// <summary>One more piece of an answer without end.</summary>
    public static string More { get; } = string.Concat(Enumerable.Repeat(" again", 1000));

    private readonly SimulatorEngine _engine;
    private readonly SimulatorPrompt _prompt;
    private readonly string[] _tokens;
    private readonly SimulatorPace _pace;
    private readonly int _tokensPerChunk;
    private readonly bool _cutShort;
    private int _sent;

    internal SimulatedCall(
        SimulatorEngine engine, SimulatorPrompt prompt, string[] tokens, bool cutShort, SimulatorFault? fault, SimulatorPace pace,
        int tokensPerChunk)
    {
        _engine = engine;
        _prompt = prompt;
        _tokens = tokens;
        _pace = pace;
        _tokensPerChunk = tokensPerChunk;
        Fault = fault;
        _cutShort = cutShort;
    }

    /// <summary>The hash of the prompt, 16 hexadecimal digits.</summary>
    public string Prompt => SimulatorEngine.KeyText(_prompt.Key);

    /// <summary>When it started.</summary>
    public DateTimeOffset CreatedAt { get; internal init; }

    /// <summary>What goes wrong, if anything.</summary>
    public SimulatorFault? Fault { get; }

    /// <summary>Tools that the answer asks to call; then it has no text.</summary>
    public IReadOnlyList<SimulatedToolCall> ToolCalls { get; internal init; } = [];

    /// <summary>What is thought before the answer; empty for nothing.</summary>
    public string Reasoning { get; internal init; } = "";

    /// <summary><c>stop</c>, <c>length</c> or <c>tool_calls</c>.</summary>
    public string FinishReason => ToolCalls.Count > 0 ? "tool_calls" : _cutShort ? "length" : "stop";

    /// <summary>Tokens of the prompt (a quarter of its characters).</summary>
    public int InputTokens => _prompt.InputTokens;

    /// <summary>Tokens of the whole answer.</summary>
    public int OutputTokens => _tokens.Length;

    /// <summary>The whole answer.</summary>
    public string Text => string.Concat(_tokens);

    /// <summary>Waits until the next chunk is due.</summary>
    /// <returns>Its text; null when all that comes before the end, or before the fault, was sent.</returns>
    public async ValueTask<string?> NextChunk(CancellationToken cancellation)
    {
        int sendable = Math.Min(_tokens.Length, Fault?.AfterTokens ?? int.MaxValue);
        int until = Math.Min(_sent + _tokensPerChunk, sendable);
        if (_sent >= until)
            return null;
        int from = _sent;
        for (; _sent < until; _sent++)
            await _pace.UntilToken(_sent, cancellation).ConfigureAwait(false);
        return until - from == 1 ? _tokens[from] : string.Concat(_tokens.AsSpan(from, until - from));
    }

    /// <summary>Waits until the whole answer is due, for a call that is not streamed.</summary>
    public ValueTask UntilWhole(CancellationToken cancellation) => _pace.UntilWhole(cancellation);

    /// <summary>Hangs until cancelled.</summary>
    /// <exception cref="OperationCanceledException">The only way out.</exception>
    public Task HangAsync(CancellationToken cancellation) => _pace.Forever(cancellation);

    /// <summary>Notes that the answer was given in full.</summary>
    public void Complete() => _engine.Calls.Complete(_prompt.Key);
}
