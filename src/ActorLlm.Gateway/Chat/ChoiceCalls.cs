using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Chat;

/// <summary>Several replies to the same question: a call of the backend for each, all at once.</summary>
internal static class ChoiceCalls
{
    // Readers are as fast as a client: a call that is ahead of it waits.
    private const int WaitingUpdates = 64;

    /// <summary>Gives the updates of all calls as they come, each with the number of its call. The first failure ends all of them.</summary>
    public static async IAsyncEnumerable<(int Choice, DirectUpdate Update)> StreamAsync(
        IDirectCalls calls, TurnContent content, int count, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (count == 1)
        {
            await foreach (var update in calls.StreamAsync(content, cancellation)) yield return (0, update);
            yield break;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var updates = Channel.CreateBounded<(int, DirectUpdate)>(WaitingUpdates);
        var all = CompleteAsync([.. Enumerable.Range(0, count).Select(choice => CopyAsync(calls, content, choice, updates.Writer, stop.Token))], updates.Writer);
        try
        {
            await foreach (var update in updates.Reader.ReadAllAsync(cancellation)) yield return update;
        }
        finally
        {
            await stop.CancelAsync();
            await all;
        }
    }

    private static async Task CompleteAsync(Task[] copies, ChannelWriter<(int, DirectUpdate)> updates)
    {
        await Task.WhenAll(copies);
        updates.TryComplete();
    }

    private static async Task CopyAsync(
        IDirectCalls calls, TurnContent content, int choice, ChannelWriter<(int, DirectUpdate)> updates, CancellationToken cancellation)
    {
        // The same seed would give the same reply.
        var own = content with { Settings = content.Settings with { Seed = unchecked(content.Settings.Seed + choice) } };
        try
        {
            await foreach (var update in calls.StreamAsync(own, cancellation)) await updates.WriteAsync((choice, update), cancellation);
        }
        catch (Exception failure)
        {
            // The reader throws it; what ends because of that comes too late to be the first.
            updates.TryComplete(failure);
        }
    }
}
