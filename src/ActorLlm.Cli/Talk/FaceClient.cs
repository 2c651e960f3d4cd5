using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ActorLlm.Inspection;

namespace ActorLlm.Cli.Talk;

/// <summary>Sends turns to the HTTP face of one node, and goes on at the next where that one is lost.</summary>
/// <param name="urls">The nodes, in the order in which they are asked.</param>
/// <param name="key">The API key; null for none.</param>
/// <param name="time">The clock.</param>
internal sealed class FaceClient(IReadOnlyList<Uri> urls, string? key, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWaitAsked = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(NodeHttp.Handler(urls, ConnectTimeout))
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key) },
    };

    private int _at;

    /// <summary>How long it goes on trying while nothing new is heard.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The node that is asked.</summary>
    public Uri Url => urls[_at];

    /// <summary>Sends a message, and gives what is heard of it until its reply is whole.</summary>
    /// <exception cref="UserErrorException">It failed, or nothing was heard for too long; one line says why.</exception>
    public async IAsyncEnumerable<TurnNews> SendAsync(TurnAsk ask, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? lastId = null;
        var heardAt = time.GetTimestamp();
        // Of an outage each node is told once with each of its reasons, however often it is tried.
        var told = new HashSet<(Uri, string)>();
        for (var neverReached = 0; ;)
        {
            var reader = new TurnReader();
            var attempt = new Attempt(this, ask, lastId, reader);
            await foreach (var news in attempt.ReadAsync(cancellationToken))
            {
                heardAt = time.GetTimestamp();
                told.Clear();
                yield return news;
                if (news is TurnNews.End) yield break;
            }

            lastId = reader.LastId ?? lastId;
            if (attempt.Error is { IsReworded: true })
            {
                lastId = null;
                yield return new TurnNews.Reworded();
                continue;
            }

            if (attempt.Error is { MayRetry: false } final) throw final.ForUser(Url);
            // Where no node was ever there, waiting for one to come back is in vain.
            neverReached = attempt.NeverReached && neverReached >= 0 ? neverReached + 1 : -1;
            if (neverReached == urls.Count || time.GetElapsedTime(heardAt) > Patience) throw attempt.GivingUp();
            var (lost, wait) = (Url, attempt.Error?.Wait ?? TimeSpan.Zero);
            _at = (_at + 1) % urls.Count;
            if (told.Add((lost, attempt.Reason))) yield return new TurnNews.Elsewhere(lost, Url, attempt.Reason);
            // Round the ring of nodes without a pause: the next one lives, most of the time.
            if (_at == 0 || wait > TimeSpan.Zero) await Task.Delay(Pause + (wait < LongestWaitAsked ? wait : LongestWaitAsked), time, cancellationToken);
        }
    }

    /// <summary>The JSON of a path of the node that is asked; null where it gives none.</summary>
    public async Task<JsonDocument?> TryGetAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ReadTimeout);
        try
        {
            using var response = await _http.GetAsync(new Uri(Url, path), limit.Token);
            return response.IsSuccessStatusCode ? JsonDocument.Parse(await response.Content.ReadAsStringAsync(limit.Token)) : null;
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>One request of a turn.</summary>
    private sealed class Attempt(FaceClient client, TurnAsk ask, string? lastId, TurnReader reader)
    {
        private readonly Uri _url = client.Url;
        private Exception? _problem;

        /// <summary>What the node said against it; null where it said nothing.</summary>
        public FaceError? Error { get; private set; }

        /// <summary>Whether there was not even a connection.</summary>
        public bool NeverReached => _problem is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };

        public string Reason => Error?.Message ?? (_problem is { } problem ? NodeHttp.Reason(problem) : "the stream broke off");

        public async IAsyncEnumerable<TurnNews> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using var response = await TryAsync(async () => await client._http.SendAsync(Request(), HttpCompletionOption.ResponseHeadersRead, cancellationToken));
            if (response is null) yield break;
            if (!response.IsSuccessStatusCode)
            {
                Error = await FaceError.OfAsync(response, cancellationToken);
                yield break;
            }

            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
            {
                Error = new FaceError(404, "", "", false, TimeSpan.Zero);
                yield break;
            }

            if (response.Headers.TryGetValues(AdminApi.TurnHeader, out var names)) yield return new TurnNews.Taken(names.First());
            await using var news = reader.ReadAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await TryAsync(async () => await news.MoveNextAsync() ? news.Current : null) is { } one) yield return one;
            Error = reader.Error;
        }

        public UserErrorException GivingUp()
        {
            var where = _url.AbsoluteUri.TrimEnd('/');
            if (Error is { } error) return error.ForUser(_url);
            var kept = $"The turn may be durable all the same: send it again with {(ask.Conversation is null ? "" : $"--conversation {ask.Conversation} ")}--key {ask.Key}.";
            return NeverReached
                ? new UserErrorException($"The HTTP face {where} cannot be reached ({Reason}): start a node, or name others with --url or {FaceLine.UrlVariable}.", ExitCode.Unreachable, _problem)
                : new UserErrorException($"The HTTP face {where} gives no reply ({Reason}). {kept}", ExitCode.Unreachable, _problem);
        }

        private async Task<T?> TryAsync<T>(Func<Task<T?>> work) where T : class
        {
            try
            {
                return await work();
            }
            // The last two are of JSON that has another shape than a node's.
            catch (Exception problem) when (problem is HttpRequestException or IOException or JsonException or KeyNotFoundException or InvalidOperationException)
            {
                _problem = problem;
                return null;
            }
        }

        private HttpRequestMessage Request()
        {
            var body = JsonSerializer.Serialize(new Body(ask.Model, [new Message("user", ask.Text)], true, new StreamOptions(true)), Body.Json);
            var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_url, "v1/chat/completions"))
            {
                Headers = { { "Idempotency-Key", ask.Key } },
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            };
            if (ask.Conversation is not null) request.Headers.Add("X-Conversation-Id", ask.Conversation);
            if (ask.Interrupts) request.Headers.Add("X-Overlap-Policy", "interrupt");
            if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
            return request;
        }
    }

    private sealed record Body(string? Model, Message[] Messages, bool Stream, StreamOptions StreamOptions)
    {
        public static readonly JsonSerializerOptions Json = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        };
    }

    private sealed record Message(string Role, string Content);

    private sealed record StreamOptions(bool IncludeUsage);
}
