using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ActorLlm.Cli.Talk;

namespace ActorLlm.Cli.Load;

/// <summary>Sends the load: first what is to be compared with, then the turns.</summary>
/// <param name="options">What is to be measured.</param>
/// <param name="time">The clock.</param>
internal sealed class Bench(BenchOptions options, TimeProvider time)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    public async Task<BenchResult> RunAsync(IReadOnlyList<Uri> urls, string? key, Uri? backend, string? backendKey, CancellationToken cancellationToken)
    {
        var model = backend is null ? null : options.Model ?? await FirstModelAsync(backend, backendKey, cancellationToken);
        // One call each beforehand: the first of a process compiles, connects and is no one's latency.
        var direct = backend is null ? null : await MeasureAsync([backend], backendKey, model, "chat/completions", isTurn: false, cancellationToken);
        var turns = await MeasureAsync(urls, key, options.Model, "v1/chat/completions", isTurn: true, cancellationToken);
        return new BenchResult(options.Concurrency, turns, direct);
    }

    private async Task<Figures> MeasureAsync(IReadOnlyList<Uri> urls, string? key, string? model, string path, bool isTurn, CancellationToken cancellationToken)
    {
        using var http = Client(urls, key);
        var run = TurnAsk.NewName("bench");
        await CallAsync(http, urls[0], path, model, isTurn ? $"{run}-first" : null, cancellationToken);
        var latencies = new ConcurrentBag<TimeSpan>();
        var failures = new ConcurrentBag<string>();
        var next = -1;
        var started = time.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(async caller =>
        {
            for (int turn; (turn = Interlocked.Increment(ref next)) < options.Turns && time.GetElapsedTime(started) < options.Time;)
            {
                var begun = time.GetTimestamp();
                try
                {
                    await CallAsync(http, urls[turn % urls.Count], path, model, isTurn ? $"{run}-{caller}" : null, cancellationToken);
                    latencies.Add(time.GetElapsedTime(begun));
                }
                catch (UserErrorException problem)
                {
                    failures.Add(problem.Message);
                }
            }
        }));
        return Figures.Of([.. latencies], [.. failures], time.GetElapsedTime(started));
    }

    private async Task CallAsync(HttpClient http, Uri url, string path, string? model, string? conversation, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, path))
        {
            Content = JsonContent.Create(new { model, messages = new[] { new { role = "user", content = options.Text } } }, options: Leaving),
        };
        if (conversation is not null) request.Headers.Add("X-Conversation-Id", conversation);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode) throw (await FaceError.OfAsync(response, cancellationToken)).ForUser(url);
        }
        catch (HttpRequestException problem)
        {
            throw new UserErrorException($"{url.AbsoluteUri.TrimEnd('/')} gives no answer ({NodeHttp.Reason(problem)}).", ExitCode.Unreachable, problem);
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UserErrorException($"{url.AbsoluteUri.TrimEnd('/')} gave no answer within {CallTimeout.TotalSeconds:0} s.", ExitCode.Unreachable, problem);
        }
    }

    private static readonly JsonSerializerOptions Leaving = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    private static async Task<string?> FirstModelAsync(Uri backend, string? key, CancellationToken cancellationToken)
    {
        using var http = Client([backend], key);
        try
        {
            var models = await http.GetFromJsonAsync<JsonElement>(new Uri(backend, "models"), cancellationToken);
            return models.GetProperty("data")[0].GetProperty("id").GetString();
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or KeyNotFoundException or IndexOutOfRangeException or InvalidOperationException)
        {
            throw new UserErrorException($"--backend-url {backend} lists no models ({NodeHttp.Reason(problem)}): correct it, or name one with --model.", ExitCode.Unreachable, problem);
        }
    }

    private static HttpClient Client(IReadOnlyList<Uri> urls, string? key) => new(NodeHttp.Handler(urls, ConnectTimeout))
    {
        Timeout = CallTimeout,
        DefaultRequestHeaders = { Authorization = string.IsNullOrEmpty(key) ? null : new AuthenticationHeaderValue("Bearer", key) },
    };
}
