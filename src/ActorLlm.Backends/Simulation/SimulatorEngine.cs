using System.Globalization;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Simulation;

/// <summary>Decides what a simulated call does; shared by the client in this process and by the HTTP server.</summary>
public sealed class SimulatorEngine
{
    // A caller whose clock goes a little faster than this one has waited all the same.
    private const double ShareToWait = 0.95;

    private readonly SimulatorOptions _options;
    private readonly TimeProvider _time;
    private readonly SimulatorScript? _script;
    private volatile SimulatorFault? _fault;
    private long _calls;

    /// <param name="options">Times, length and fault of all calls.</param>
    /// <param name="time">The clock that the times are measured with.</param>
    /// <param name="calls">Where calls are counted; a counter of its own by default.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public SimulatorEngine(SimulatorOptions options, TimeProvider time, SimulatorCalls? calls = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (options.Problems("Simulator").FirstOrDefault() is { } problem)
            throw new ArgumentException(problem, nameof(options));
        _options = options;
        _time = time;
        _script = options.Replies is null ? null : SimulatorScript.Read(options.Replies);
        Calls = calls ?? new SimulatorCalls();
        _fault = options.Fault is not null && SimulatorFault.TryParse(options.Fault, out SimulatorFault? fault, out _) ? fault : null;
    }

    /// <summary>Sets the fault of all calls that begin from now on, as <see cref="SimulatorOptions.Fault"/> does from the start.</summary>
    /// <param name="words">The words of the fault; null or empty for none.</param>
    /// <exception cref="ArgumentException">They cannot be read; the message says what is expected.</exception>
    public void SetFault(string? words)
    {
        if (string.IsNullOrWhiteSpace(words))
            _fault = null;
        else
            _fault = SimulatorFault.TryParse(words, out SimulatorFault? fault, out string? problem) ? fault : throw new ArgumentException(problem, nameof(words));
    }

    /// <summary>The calls so far.</summary>
    public SimulatorCalls Calls { get; }

    /// <summary>Starts a call.</summary>
    /// <param name="messages">The prompt.</param>
    /// <param name="options">
    /// What is heeded of them: a limit to the answer's length (a shorter answer ends with finish reason <c>length</c>), tools, the answer's form.
    /// </param>
    /// <exception cref="BackendException">There is no message, or a directive cannot be read (both as status 400).</exception>
    public SimulatedCall Begin(IEnumerable<ChatMessage> messages, ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        string begun = "";
        if (Continuation.IsAsked(options))
        {
            List<ChatMessage> withBegun = [.. messages];
            begun = withBegun is [.., { Text: var text }] ? text : "";
            messages = withBegun.SkipLast(1);
        }
        IReadOnlyList<ChatMessage> all = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        SimulatorPrompt prompt = SimulatorPrompt.Of(all, options?.Tools);
        if (prompt.MessageCount == 0)
            throw new BackendException(BackendFailures.FromStatus(400, detail: "messages is empty: expected at least one message."));
        if (!SimulatorDirectives.TryParse(prompt.Message, out SimulatorDirectives asked, out string message, out string? problem))
            throw new BackendException(BackendFailures.FromStatus(400, detail: problem));

        SimulatorFault? ofAll = _fault;
        bool withFault = ofAll is not null || asked.Faults.Count > 0;
        DateTimeOffset now = _time.GetUtcNow();
        int number = Calls.Start(prompt.Key, prompt.Message, withFault, now);
        var random = new SimulatorRandom(
            (ulong)(uint)_options.Seed ^ prompt.Key ^ (ulong)Interlocked.Increment(ref _calls) * 0xD6E8FEB86659FD93);
        SimulatorFault? fault = withFault ? Pick(asked.Faults, ofAll, number, ref random) : null;
        if (fault is { Kind: SimulatorFaultKind.Status })
            Calls.Refuse(prompt.Key, now + ((fault.RetryAfter ?? TimeSpan.Zero) * ShareToWait));

        ScriptRule? scripted = asked.Calls.Count == 0 ? _script?.Find(all, message) : null;
        IReadOnlyList<SimulatedToolCall> calls = scripted is not null
            ? SimulatedToolCall.Of(options, scripted.Calls, prompt)
            : SimulatedToolCall.Of(options, asked.Calls, prompt, SimulatorReply.Short(message));
        bool empty = fault is { Kind: SimulatorFaultKind.Empty };
        string[] tokens = calls.Count > 0 || empty ? [""]
            : scripted?.Tokens()
            ?? SimulatorReply.Form(options?.ResponseFormat, message)
            ?? SimulatorReply.Compose(message, asked.Varies ? prompt.Key + (ulong)_time.GetTimestamp() : prompt.Key, asked.ReplyTokens ?? _options.ReplyTokens);
        if (begun.Length > 0)
            tokens = SimulatorReply.After(begun, tokens);
        bool cutShort = options?.MaxOutputTokens < tokens.Length;
        if (cutShort)
            tokens = tokens[..Math.Max(1, options!.MaxOutputTokens!.Value)];
        var pace = new SimulatorPace(_options, asked, tokens.Length, random, _time);
        // An answer without text is in good order otherwise.
        return new SimulatedCall(this, prompt, tokens, cutShort, empty ? null : fault, pace, asked.TokensPerChunk ?? _options.TokensPerChunk)
        {
            CreatedAt = now,
            ToolCalls = calls,
            Reasoning = begun.Length > 0 ? "" : SimulatorReply.Think(prompt.Key, asked.ReasoningTokens),
        };
    }

    internal static string KeyText(ulong key) => key.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The first fault of the message, else that of the options, whose calls are not used up and whose dice say so.</summary>
    private static SimulatorFault? Pick(IReadOnlyList<SimulatorFault> asked, SimulatorFault? ofAll, int number, ref SimulatorRandom random)
    {
        foreach (SimulatorFault fault in asked)
        {
            if (Applies(fault, number, ref random))
                return fault;
        }
        return ofAll is not null && Applies(ofAll, number, ref random) ? ofAll : null;
    }

    private static bool Applies(SimulatorFault fault, int number, ref SimulatorRandom random) =>
        number <= (fault.First ?? int.MaxValue) && (fault.Probability >= 1 || random.NextDouble() < fault.Probability);
}
