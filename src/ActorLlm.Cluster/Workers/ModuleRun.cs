using System.Threading.Channels;
using ActorLlm.Modules;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Workers;

/// <summary>
/// A module at work on one attempt, apart from the attempt itself: that one ends when its time is used up or it is no longer wanted, whether the module heeds that
/// or not.
/// </summary>
internal sealed class ModuleRun : IDisposable
{
    /// <summary>Pieces that a module may be ahead of those who take them.</summary>
    private const int Ahead = 64;

    private readonly Channel<ChatResponseUpdate> _pieces = Channel.CreateBounded<ChatResponseUpdate>(
        new BoundedChannelOptions(Ahead) { SingleReader = true, SingleWriter = true });

    private readonly TimeSpan _patience;
    private readonly CancellationTokenSource _limit;
    private readonly CancellationTokenSource _stop;

    /// <param name="patience">How long after its beginning it is stopped.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Stops it before.</param>
    public ModuleRun(TimeSpan patience, TimeProvider time, CancellationToken stop)
    {
        _patience = patience;
        _limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token, stop);
    }

    /// <summary>Done when the module has returned, or was never called.</summary>
    public Task Left { get; private set; } = Task.CompletedTask;

    /// <summary>Whether its time is used up.</summary>
    public bool TimedOut => _limit.IsCancellationRequested;

    /// <summary>Begins, and gives the pieces of the reply.</summary>
    public IAsyncEnumerable<ChatResponseUpdate> StreamAsync(IModule module, ModuleTurn turn)
    {
        _limit.CancelAfter(_patience);
        // On a thread of its own: a module may block before its first await.
        Left = Task.Run(() => PumpAsync(module, turn));
        return _pieces.Reader.ReadAllAsync(_stop.Token);
    }

    /// <summary>Lets go of it. A module that has not returned is told to, and not waited for.</summary>
    public void Dispose()
    {
        // It may look at its token for as long as it runs. What it registered there is not run on this thread.
        if (!Left.IsCompleted) _ = _stop.CancelAsync();
        Left.ContinueWith(
            _ =>
            {
                _stop.Dispose();
                _limit.Dispose();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task PumpAsync(IModule module, ModuleTurn turn)
    {
        try
        {
            await foreach (var piece in module.RunAsync(turn, _stop.Token).ConfigureAwait(false))
                await _pieces.Writer.WriteAsync(piece, _stop.Token).ConfigureAwait(false);
            _pieces.Writer.Complete();
        }
        catch (Exception error)
        {
            _pieces.Writer.Complete(error);
        }
    }
}
