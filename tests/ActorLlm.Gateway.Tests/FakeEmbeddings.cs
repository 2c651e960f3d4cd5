using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests;

/// <summary>Embeddings that answer what the test writes.</summary>
public sealed class FakeEmbeddings : IEmbeddings
{
    private readonly Channel<string> _begun = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Model and request of every call that was begun.</summary>
    public ConcurrentQueue<(string Model, string Request)> Calls { get; } = new();

    /// <summary>What every call gets.</summary>
    public TaskCompletionSource<string> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a call is cancelled.</summary>
    public Task Cancelled => _cancelled.Task;

    /// <summary>Waits until one more call has begun.</summary>
    public Task BegunAsync() => _begun.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public async Task<ReadOnlyMemory<byte>> CallAsync(string model, ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default)
    {
        // Never taken back: the waiting below ends first, and would do so before this was called.
        _ = cancellationToken.Register(() => _cancelled.TrySetResult());
        Calls.Enqueue((model, Encoding.UTF8.GetString(request.Span)));
        _begun.Writer.TryWrite(model);
        return Encoding.UTF8.GetBytes(await Answer.Task.WaitAsync(cancellationToken));
    }
}
