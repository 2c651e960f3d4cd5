using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ActorLlm.Gateway.Chat;

/// <summary>
/// One streamed reply. The status stays open until there is something to show: the first text, the outcome, or the first heartbeat.
/// After that a failure is an error frame, no <c>[DONE]</c> and an aborted transport, so that no client takes the text for a whole reply.
/// </summary>
internal sealed class ChatStream : IDisposable
{
    // Aborting a connection throws away what is still on its way, so the error frame gets this long to arrive. A client that hangs up
    // after reading it ends the wait.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);

    private readonly HttpContext _http;
    private readonly TimeProvider _time;
    private readonly TimeSpan _heartbeat;
    private readonly ChunkWriter _chunks;
    private readonly CancellationTokenSource _stop;
    private Task _silence = Task.CompletedTask;
    private long _lastWrite;
    private bool _started;

    public ChatStream(HttpContext http, CompletionHead head, bool includeUsage, TimeSpan heartbeat, TimeProvider time)
    {
        (_http, _time, _heartbeat) = (http, time, heartbeat);
        _chunks = new ChunkWriter(http.Response.BodyWriter, head, includeUsage);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
    }

    /// <summary>Writes the whole stream; gives the error while the status is still open.</summary>
    public async Task<ApiError?> RunAsync(IConversations conversations, TurnRequest request)
    {
        ApiError? error;
        try
        {
            error = await CopyAsync(conversations.StreamAsync(request, _stop.Token));
        }
        catch (Exception exception) when (_started && !_http.RequestAborted.IsCancellationRequested)
        {
            error = Shell.Describe(_http, exception);
        }

        if (error is null || !_started) return error;
        await BreakAsync(error);
        return null;
    }

    public void Dispose()
    {
        // Also ends the heartbeat's timer.
        _stop.Cancel();
        _stop.Dispose();
        _chunks.Dispose();
    }

    private async Task<ApiError?> CopyAsync(IAsyncEnumerable<TurnUpdate> updates)
    {
        _lastWrite = _time.GetTimestamp();
        await using var turn = updates.GetAsyncEnumerator(_stop.Token);
        while (await NextAsync(turn))
        {
            switch (turn.Current)
            {
                case TurnUpdate.Text text:
                    Start();
                    _chunks.Text(text.Delta);
                    await FlushAsync();
                    break;
                case TurnUpdate.Settled settled:
                    return await FinishAsync(settled);
            }
        }

        return ApiError.Passing("stream_ended", "The stream ended without an outcome. Ask again with the same Idempotency-Key.");
    }

    private async Task<ApiError?> FinishAsync(TurnUpdate.Settled settled)
    {
        if (settled.Answer.Outcome is not Outcome.Committed { Reply: var reply }) return Failures.Of(settled.Answer.Outcome);
        if (settled.Diverged)
            return ApiError.Passing(
                "stream_diverged",
                "The worker was lost and another one worded the reply differently: the text so far is not its beginning. "
                + "Ask again with the same Idempotency-Key for the whole reply.");
        Start();
        _chunks.Finish(reply);
        await FlushAsync();
        return null;
    }

    /// <summary>Waits for the next update, with a sign of life whenever the stream has been silent for long enough.</summary>
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<TurnUpdate> turn)
    {
        var next = turn.MoveNextAsync();
        if (next.IsCompleted) return await next;
        var update = next.AsTask();
        while (await Task.WhenAny(update, _silence) != update && !_stop.IsCancellationRequested)
        {
            var quiet = _time.GetElapsedTime(_lastWrite);
            if (quiet >= _heartbeat)
            {
                await ShowLifeAsync();
                quiet = TimeSpan.Zero;
            }

            _silence = Task.Delay(_heartbeat - quiet, _time, _stop.Token);
        }

        return await update;
    }

    private ValueTask ShowLifeAsync()
    {
        if (_started) _chunks.Ping();
        else Start();
        return FlushAsync();
    }

    private void Start()
    {
        if (_started) return;
        _started = true;
        var response = _http.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        // Reverse proxies of nginx's kind would collect the stream otherwise.
        response.Headers["x-accel-buffering"] = "no";
        _http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        _chunks.Role();
    }

    // Not cancelled with the request: a flush to a client that has left completes at once.
    private async ValueTask FlushAsync()
    {
        await _chunks.FlushAsync();
        _lastWrite = _time.GetTimestamp();
    }

    private async Task BreakAsync(ApiError error)
    {
        _chunks.Error(error);
        await FlushAsync();
        await Task.Delay(Linger, _time, _http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Abort();
    }
}
