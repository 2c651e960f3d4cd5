using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests;

/// <summary>Direct calls that yield what the test writes.</summary>
public sealed class FakeDirectCalls : IDirectCalls
{
    private readonly Channel<TurnContent> _begun = Channel.CreateUnbounded<TurnContent>();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The content of every call that was begun.</summary>
    public ConcurrentQueue<TurnContent> Calls { get; } = new();

    /// <summary>What the calls yield; completing it with an exception lets them fail.</summary>
    public Channel<DirectUpdate> Updates { get; } = Channel.CreateUnbounded<DirectUpdate>();

    /// <summary>What a call yields at once; when null, <see cref="Updates"/>.</summary>
    public Func<TurnContent, IEnumerable<DirectUpdate>>? Script { get; set; }

    /// <summary>Completes when a call is cancelled.</summary>
    public Task Cancelled => _cancelled.Task;

    public static DirectUpdate Ended(string finish = "stop") => new DirectUpdate.Ended(new Reply("", "sim-1-2026", "sim", finish, new Usage(11, 7)));

    /// <summary>Waits until one more call has begun.</summary>
    public Task BegunAsync() => _begun.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>Writes a whole reply.</summary>
    public void Answer(params string[] pieces)
    {
        foreach (var piece in pieces) Updates.Writer.TryWrite(new DirectUpdate.Text(piece));
        Updates.Writer.TryWrite(Ended());
        Updates.Writer.Complete();
    }

    public async IAsyncEnumerable<DirectUpdate> StreamAsync(
        TurnContent content, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Never taken back: the waiting below ends first, and would do so before this was called.
        _ = cancellationToken.Register(() => _cancelled.TrySetResult());
        Calls.Enqueue(content);
        _begun.Writer.TryWrite(content);
        foreach (var update in Script?.Invoke(content) ?? []) yield return update;
        if (Script is not null) yield break;
        await foreach (var update in Updates.Reader.ReadAllAsync(cancellationToken)) yield return update;
    }
}
