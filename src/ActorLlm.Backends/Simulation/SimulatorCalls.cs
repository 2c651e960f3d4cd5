using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ActorLlm.Backends.Simulation;

/// <summary>
/// Counts calls, in all and per prompt: a test sees whether a turn was called twice, and a fault knows which call it meets.
/// </summary>
public sealed class SimulatorCalls
{
    /// <summary>Prompts counted one by one; calls of further prompts are counted in all only.</summary>
    public const int MaxPrompts = 1_000_000;

    private const int ExcerptLength = 120;

    private readonly ConcurrentDictionary<ulong, Prompt> _prompts = new();
    private readonly bool _everyPrompt;
    private long _started;
    private long _completed;
    private long _uncounted;
    private int _size;

    /// <param name="everyPrompt">Counts every prompt one by one, which costs memory; otherwise only those with a fault.</param>
    public SimulatorCalls(bool everyPrompt = false) => _everyPrompt = everyPrompt;

    /// <summary>Calls started.</summary>
    public long Started => Interlocked.Read(ref _started);

    /// <summary>Calls answered in full.</summary>
    public long Completed => Interlocked.Read(ref _completed);

    /// <summary>Calls that found <see cref="MaxPrompts"/> other prompts.</summary>
    public long Uncounted => Interlocked.Read(ref _uncounted);

    /// <summary>The prompts counted one by one.</summary>
    public IEnumerable<SimulatorPromptCalls> Prompts => _prompts.Select(entry => entry.Value.Snapshot(entry.Key));

    /// <returns>The number of this call among those of its prompt, from 1; 0 when they are not counted.</returns>
    internal int Start(ulong prompt, string message, bool withFault, DateTimeOffset now)
    {
        Interlocked.Increment(ref _started);
        if (!_everyPrompt && !withFault)
            return 0;
        if (TryCount(prompt, message, out Prompt? entry))
            return entry.Start(now);
        Interlocked.Increment(ref _uncounted);
        return 0;
    }

    internal void Complete(ulong prompt)
    {
        Interlocked.Increment(ref _completed);
        if (_prompts.TryGetValue(prompt, out Prompt? entry))
            entry.Complete();
    }

    internal void Refuse(ulong prompt, DateTimeOffset notBefore)
    {
        if (_prompts.TryGetValue(prompt, out Prompt? entry))
            entry.Refuse(notBefore);
    }

    private bool TryCount(ulong prompt, string message, [NotNullWhen(true)] out Prompt? entry)
    {
        if (_prompts.TryGetValue(prompt, out entry))
            return true;
        if (Volatile.Read(ref _size) >= MaxPrompts)
            return false;
        var added = new Prompt(message.Length > ExcerptLength ? message[..ExcerptLength] : message);
        entry = _prompts.GetOrAdd(prompt, added);
        if (entry == added)
            Interlocked.Increment(ref _size);
        return true;
    }

    private sealed class Prompt(string excerpt)
    {
        private int _started;
        private int _completed;
        private int _refused;
        private int _early;
        private long _notBefore;

        public int Start(DateTimeOffset now)
        {
            if (now.UtcTicks < Interlocked.Read(ref _notBefore))
                Interlocked.Increment(ref _early);
            return Interlocked.Increment(ref _started);
        }

        public void Complete() => Interlocked.Increment(ref _completed);

        public void Refuse(DateTimeOffset notBefore)
        {
            Interlocked.Exchange(ref _notBefore, notBefore.UtcTicks);
            Interlocked.Increment(ref _refused);
        }

        public SimulatorPromptCalls Snapshot(ulong key) => new(SimulatorEngine.KeyText(key), excerpt, _started, _completed, _refused, _early);
    }
}

/// <summary>The calls of one prompt.</summary>
/// <param name="Prompt">The hash of all its messages and tools, 16 hexadecimal digits.</param>
/// <param name="Message">The start of its last user message, at most 120 characters.</param>
/// <param name="Started">Calls started.</param>
/// <param name="Completed">Calls answered in full.</param>
/// <param name="Refused">Calls answered with an error status, which cost no tokens.</param>
/// <param name="Early">Calls that came clearly sooner than the Retry-After of the error before them asked.</param>
public sealed record SimulatorPromptCalls(string Prompt, string Message, int Started, int Completed, int Refused, int Early);
