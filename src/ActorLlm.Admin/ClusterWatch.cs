using System.Text.Json;
using ActorLlm.Hosting;
using ActorLlm.Inspection;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>Shows the cluster, and shows it again whenever it changes, until the client leaves or the node ends.</summary>
internal sealed class ClusterWatch(IInspection inspection, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <param name="http">The request.</param>
    /// <param name="stopping">Cancelled when the listener ends.</param>
    public async Task RunAsync(HttpContext http, CancellationToken stopping)
    {
        Query.Allow(http.Request);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        // Before the answer begins, so that a node that cannot see the cluster says so with a status.
        var picture = await inspection.GetClusterAsync(end.Token);
        Answers.BeginLines(http);
        try
        {
            for (var shown = ""; ; picture = await NextAsync(picture, end.Token))
            {
                var now = JsonSerializer.Serialize(picture, AdminApi.Json);
                if (now == shown) continue;
                await Answers.WriteLineAsync(http, picture, end.Token);
                shown = now;
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The only way it ends.
        }
    }

    private async Task<ClusterPicture> NextAsync(ClusterPicture last, CancellationToken cancellationToken)
    {
        await Task.Delay(Interval, time, cancellationToken);
        try
        {
            return await inspection.GetClusterAsync(cancellationToken);
        }
        catch (ConversationsUnavailableException)
        {
            // It is asked again, and what it saw last stands until then.
            return last;
        }
    }
}
