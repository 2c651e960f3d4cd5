using ActorLlm.Gateway.Errors;
using ActorLlm.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ActorLlm.Gateway.Streams;

/// <summary>
/// One streamed reply. The status stays open until there is something to show: the first text, the outcome, or, once the reply is
/// promised, the first heartbeat.
/// After that a failure is an error frame, no end and an aborted transport, so that no client takes the text for a whole reply.
/// </summary>
internal sealed class EventStream : IDisposable
{
    // Aborting a connection throws away what is still on its way, so the error frame gets this long to arrive. A client that hangs up
    // after reading it ends the wait.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(500);

    private readonly HttpContext _http;
    private readonly TimeProvider _time;
    private readonly TimeSpan _heartbeat;
    private readonly IReplyFrames _frames;
    private readonly CancellationTokenSource _stop;
    private Task _silence = Task.CompletedTask;
    private long _lastWrite;
    private bool _promised;
    private bool _started;

    /// <param name="http">The request and its answer.</param>
    /// <param name="frames">How the reply is written; disposed of with the stream.</param>
    /// <param name="heartbeat">Silence after which the stream shows life.</param>
    /// <param name="time">The clock.</param>
    /// <param name="promised">Whether silence may be broken before the first update, by a status of 200.</param>
    public EventStream(HttpContext http, IReplyFrames frames, TimeSpan heartbeat, TimeProvider time, bool promised = false)
    {
        (_http, _frames, _time, _heartbeat, _promised) = (http, frames, time, heartbeat, promised);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
    }

    /// <summary>Writes the whole stream; gives the error while the status is still open.</summary>
    /// <param name="open">Begins the updates; the token is cancelled when the client leaves.</param>
    /// <param name="read">What an update means.</param>
    public async Task<ApiError?> RunAsync<T>(Func<CancellationToken, IAsyncEnumerable<T>> open, Func<T, StreamStep> read)
    {
        ApiError? error;
        try
        {
            error = await CopyAsync(open(_stop.Token), read);
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
        if (_started) RequestMetrics.StreamClosed();
        // Also ends the heartbeat's timer.
        _stop.Cancel();
        _stop.Dispose();
        _frames.Dispose();
    }

    private async Task<ApiError?> CopyAsync<T>(IAsyncEnumerable<T> updates, Func<T, StreamStep> read)
    {
        _lastWrite = _time.GetTimestamp();
        await using var reply = updates.GetAsyncEnumerator(_stop.Token);
        while (await NextAsync(reply))
        {
            var step = read(reply.Current);
            if (step.Error is not null) return step.Error;
            _promised = true;
            _frames.Turn(step.Choice);
            if (step.Logprobs is { } tokens) _frames.Logprobs(tokens);
            var text = step.Text.AsMemory();
            text = text[_frames.Skip(text.Span)..];
            if (_frames.Refuse(step.End) is { } refused) return refused;
            if (text.IsEmpty && step.Reasoning is null && step.End is null) continue;
            Start();
            _frames.Reasoning(step.Reasoning);
            _frames.Text(text.Span);
            if (step.End is not null) _frames.Finish(step.End);
            await FlushAsync();
            if (!text.IsEmpty || step.Reasoning is not null) MeasuredRequest.Of(_http)?.FirstText();
            if (step.End is null || step.Others) continue;
            MeasuredRequest.Of(_http)?.Streamed(step.End);
            return null;
        }

        return ApiError.Passing("stream_ended", "The stream ended without an outcome. Ask again, with the same Idempotency-Key where the turn is stored.");
    }

    /// <summary>Waits for the next update, with a sign of life whenever the stream has been silent for long enough.</summary>
    private async ValueTask<bool> NextAsync<T>(IAsyncEnumerator<T> updates)
    {
        var next = updates.MoveNextAsync();
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
        if (_started) _frames.Ping();
        else if (_promised) Start();
        // A status of 200 says that a turn is durable, so none before it is. That wait is bounded by ActorLlm:AcceptTimeout.
        else return ValueTask.CompletedTask;
        return FlushAsync();
    }

    private void Start()
    {
        if (_started) return;
        _started = true;
        RequestMetrics.StreamOpened();
        var response = _http.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        // Reverse proxies of nginx's kind would collect the stream otherwise.
        response.Headers["x-accel-buffering"] = "no";
        _http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        _frames.Begin();
    }

    // Not cancelled with the request: a flush to a client that has left completes at once.
    private async ValueTask FlushAsync()
    {
        await _frames.FlushAsync();
        _lastWrite = _time.GetTimestamp();
    }

    private async Task BreakAsync(ApiError error)
    {
        MeasuredRequest.Of(_http)?.Broke(error);
        _frames.Error(error);
        await FlushAsync();
        await Task.Delay(Linger, _time, _http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Abort();
    }
}
