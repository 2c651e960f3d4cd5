using System.Globalization;

namespace ActorLlm.Backends;

/// <summary>How long a backend is waited for.</summary>
internal static class TimeLimit
{
    /// <summary>Waits for work that may ignore its cancellation: then it is left behind.</summary>
    /// <param name="work">The work.</param>
    /// <param name="limit">The longest wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Cancels the work; it is cancelled when the wait ends before the work does.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="BackendException">The limit has passed.</exception>
    public static async Task<T> Within<T>(
        Task<T> work, TimeSpan limit, TimeProvider time, CancellationTokenSource stop, CancellationToken cancellation)
    {
        try
        {
            return await work.WaitAsync(limit, time, cancellation).ConfigureAwait(false);
        }
        catch (Exception) when (!work.IsCompleted)
        {
            await stop.CancelAsync().ConfigureAwait(false);
            _ = work.ContinueWith(
                static late => late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            cancellation.ThrowIfCancellationRequested();
            throw new BackendException(BackendFailures.Provider(string.Create(
                CultureInfo.InvariantCulture, $"The backend sent nothing for {limit.TotalSeconds:0.###} seconds.")));
        }
    }
}
