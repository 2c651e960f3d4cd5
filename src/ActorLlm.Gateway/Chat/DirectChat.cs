using System.Text;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Streams;
using ActorLlm.Hosting;
using ActorLlm.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Chat;

/// <summary>Chat completions that nobody stores: this node calls the backend itself, once, for as long as the client waits.</summary>
internal sealed class DirectChat(IDirectCalls calls, DirectPlaces places, IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly GatewayOptions _options = options.Value;

    /// <summary>Answers the request, or gives the error to answer with.</summary>
    public async Task<ApiError?> HandleAsync(HttpContext http, ChatAsk ask)
    {
        if (places.Enter(http) is { } full) return full;
        RequestMetrics.CalledDirectly(Names.Chat);
        try
        {
            return ask.Stream ? await StreamAsync(http, ask) : await CompleteAsync(http, ask);
        }
        finally
        {
            places.Leave();
        }
    }

    private async Task<ApiError?> StreamAsync(HttpContext http, ChatAsk ask)
    {
        var head = new CompletionHead(Ids.NewCompletion(), time.GetUtcNow().ToUnixTimeSeconds(), ask.Model);
        var frames = new ChunkWriter(http.Response.BodyWriter, head, ask.IncludeUsage, resumeAt: null);
        using var stream = new EventStream(http, frames, _options.HeartbeatInterval, time, promised: true);
        return await stream.RunAsync(stop => calls.StreamAsync(ask.Content, stop), Step);
    }

    private async Task<ApiError?> CompleteAsync(HttpContext http, ChatAsk ask)
    {
        var (reply, late) = await GatherAsync(http, stop => calls.StreamAsync(ask.Content, stop), _options.MaxWait, time);
        if (reply is null) return late;
        var head = new CompletionHead(
            Ids.NewCompletion(), time.GetUtcNow().ToUnixTimeSeconds(), reply.Model.Length > 0 ? reply.Model : ask.Model);
        await CompletionJson.WriteWholeAsync(http.Response, head, reply);
        return null;
    }

    /// <summary>What an update of a direct call means to a stream.</summary>
    public static StreamStep Step(DirectUpdate update) => update switch
    {
        DirectUpdate.Text text => new StreamStep(Text: text.Delta),
        DirectUpdate.Ended ended => new StreamStep(End: new Outcome.Committed(ended.Reply)),
        _ => default,
    };

    /// <summary>Waits for the whole reply of a direct call, or gives the error to answer with.</summary>
    public static async Task<(Reply? Reply, ApiError? Error)> GatherAsync(
        HttpContext http, Func<CancellationToken, IAsyncEnumerable<DirectUpdate>> open, TimeSpan maxWait, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(maxWait, time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            return await GatherAsync(open(wait.Token)) is { } reply
                ? (reply, null)
                : (null, ApiError.Passing("internal_error", "The call ended without a reply. Ask again."));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            return (null, ApiError.Final(504, "timeout", $"No reply within {maxWait}. The call was broken off, and nothing of it is kept."));
        }
    }

    private static async Task<Reply?> GatherAsync(IAsyncEnumerable<DirectUpdate> updates)
    {
        var text = new StringBuilder();
        Reply? reply = null;
        await foreach (var update in updates)
        {
            if (update is DirectUpdate.Text piece) text.Append(piece.Delta);
            else if (update is DirectUpdate.Ended ended) reply = ended.Reply;
        }

        return reply is null ? null : reply with { Text = text.ToString() };
    }
}
