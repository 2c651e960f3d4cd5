using System.Text;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Streams;
using ActorLlm.Hosting;
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
        return await stream.RunAsync(stop => calls.StreamAsync(ask.Content, stop), static update => update switch
        {
            DirectUpdate.Text text => new StreamStep(Text: text.Delta),
            DirectUpdate.Ended ended => new StreamStep(End: new Outcome.Committed(ended.Reply)),
            _ => default,
        });
    }

    private async Task<ApiError?> CompleteAsync(HttpContext http, ChatAsk ask)
    {
        using var limit = new CancellationTokenSource(_options.MaxWait, time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        Reply? reply;
        try
        {
            reply = await GatherAsync(calls.StreamAsync(ask.Content, wait.Token));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            return ApiError.Final(504, "timeout", $"No reply within {_options.MaxWait}. The call was broken off, and nothing of it is kept.");
        }

        if (reply is null) return ApiError.Passing("internal_error", "The call ended without a reply. Ask again.");
        var head = new CompletionHead(
            Ids.NewCompletion(), time.GetUtcNow().ToUnixTimeSeconds(), reply.Model.Length > 0 ? reply.Model : ask.Model);
        await CompletionJson.WriteWholeAsync(http.Response, head, reply);
        return null;
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
