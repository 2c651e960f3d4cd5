using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace ActorLlm.Chaos.Servers;

/// <summary>Bytes on their way through a proxy.</summary>
/// <param name="Connection">The same for all bytes of a connection.</param>
/// <param name="From">Where the connection came from.</param>
/// <param name="FromServer">Whether the server said them.</param>
/// <param name="Bytes">What was said, as it was read: a message may begin in one piece and end in another.</param>
internal readonly record struct Passing(object Connection, IPAddress From, bool FromServer, ReadOnlyMemory<byte> Bytes);

/// <summary>A moment between two parties that can be seen in what they say to each other. May be asked for several connections at once.</summary>
internal abstract class ProtocolStep
{
    /// <summary>Whether the moment has come when these bytes are about to go on.</summary>
    public abstract bool IsReached(Passing passing);
}

/// <summary>A node writes an event of some kind to the journal.</summary>
/// <param name="manifest">The kind, as in the journal's column of that name.</param>
/// <param name="committed">False: the database does not have it yet. True: it has it for good, and the node does not know.</param>
internal sealed class JournalStep(string manifest, bool committed) : ProtocolStep
{
    // As an element of an array of texts in PostgreSQL's binary format: its length in four bytes, then the text. One that lies across
    // two pieces is not seen, and the next one is.
    private readonly byte[] _element = [0, 0, 0, (byte)manifest.Length, .. Encoding.ASCII.GetBytes(manifest)];
    private readonly ConcurrentDictionary<object, bool> _writing = new();

    public override bool IsReached(Passing passing)
    {
        if (passing.FromServer)
            return PostgresAnswers.EndsACommit(passing.Bytes.Span) && _writing.TryRemove(passing.Connection, out _);
        if (passing.Bytes.Span.IndexOf(_element) < 0)
            return false;
        if (committed)
            _writing[passing.Connection] = true;
        return !committed;
    }
}

/// <summary>The model has a call of a node and answers it.</summary>
/// <param name="pieces">How many pieces of the stream the node has already; 0 for a node that has nothing of the answer yet.</param>
internal sealed class ModelStep(int pieces) : ProtocolStep
{
    private readonly ConcurrentDictionary<object, int> _passed = new();

    public override bool IsReached(Passing passing)
    {
        if (!passing.FromServer)
        {
            _passed[passing.Connection] = 0;
            return false;
        }
        // An answer whose call was not seen began before anyone looked.
        if (!_passed.TryGetValue(passing.Connection, out var passed))
            return false;
        if (passed >= pieces)
            return true;
        if (passing.Bytes.Span.IndexOf("[DONE]"u8) >= 0)
            _passed.TryRemove(passing.Connection, out _);
        else
            _passed[passing.Connection] = passed + passing.Bytes.Span.Count("data: "u8);
        return false;
    }
}

/// <summary>Holds what a party says and hears at a step, until it is let go; nothing of that goes on.</summary>
/// <param name="party">The address of the party.</param>
/// <param name="step">The step.</param>
internal sealed class StepTrap(IPAddress party, ProtocolStep step)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the step has come.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets go of what is held.</summary>
    public void Release() => _released.TrySetResult();

    /// <returns>Whether the bytes go on; else the connection is to be cut.</returns>
    public async ValueTask<bool> MayPassAsync(Passing passing)
    {
        if (!passing.From.Equals(party) || !step.IsReached(passing) || !_reached.TrySetResult())
            return true;
        await _released.Task;
        return false;
    }
}
