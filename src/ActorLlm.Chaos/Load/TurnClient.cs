using System.Net.Http.Headers;
using System.Text.Json;
using ActorLlm.Chaos.Ledger;
using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Load;

/// <summary>Sends turns over HTTP, each with its own Idempotency-Key and at any node, again and again until there is an outcome.</summary>
/// <param name="ledger">Where all that is seen goes.</param>
/// <param name="nodes">The addresses of the nodes, as a load balancer knows them.</param>
/// <param name="anyNodes">The addresses of the nodes, ready or not.</param>
/// <param name="apiKey">The key to bring; null for none.</param>
/// <param name="model">The model to name; null for the default.</param>
/// <param name="time">The clock.</param>
internal sealed class TurnClient(
    ClientLedger ledger, Func<IReadOnlyList<Uri>> nodes, Func<IReadOnlyList<Uri>> anyNodes, string? apiKey, string? model, TimeProvider time) : IDisposable
{
    /// <summary>Share of requests that may meet a node which is still starting.</summary>
    private const double PastTheBalancer = 0.02;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWaitAsked = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = apiKey is null ? null : new AuthenticationHeaderValue("Bearer", apiKey) },
    };

    /// <summary>Sends the turn until it has an outcome, or until its reply has begun where its client is one that leaves.</summary>
    public async Task SendAsync(TurnRecord turn, Random random, CancellationToken cancellationToken)
    {
        ledger.Open(turn);
        await AskAsync(turn, random, turn.Unattended, cancellationToken);
        ledger.Close(turn);
    }

    /// <summary>Asks once more for a turn that was sent before, as a client that returns does.</summary>
    public Task AskAgainAsync(TurnRecord turn, Random random, CancellationToken cancellationToken) =>
        AskAsync(turn, random, leaveAtText: false, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task AskAsync(TurnRecord turn, Random random, bool leaveAtText, CancellationToken cancellationToken)
    {
        Uri? failed = null;
        for (var tries = 1; ; tries++)
        {
            var node = Pick(random, failed);
            turn.NoteSent(time.GetUtcNow());
            switch (await TryAsync(turn, node, leaveAtText, cancellationToken))
            {
                case Answer.Reply reply:
                    turn.NoteReply(time.GetUtcNow(), reply.Text);
                    return;
                case Answer.Refusal refusal:
                    turn.NoteRefusal(time.GetUtcNow(), refusal.Text);
                    return;
                case Answer.Left:
                    return;
                case Answer.Retry retry:
                    failed = node;
                    turn.NoteFailure(time.GetUtcNow(), retry.Broken);
                    ledger.CountRetry(retry.Reason);
                    await Task.Delay(Pause(retry, tries, random), time, cancellationToken);
                    break;
            }
        }
    }

    private async Task<Answer> TryAsync(TurnRecord turn, Uri node, bool leaveAtText, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = Request(turn, node);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode != System.Net.HttpStatusCode.OK)
                return await AnswerReader.ReadErrorAsync(response, either.Token);
            turn.NoteAccepted(time.GetUtcNow());
            return turn.Streamed
                ? await AnswerReader.ReadStreamAsync(response, turn, leaveAtText, either.Token)
                : await AnswerReader.ReadWholeAsync(response, either.Token);
        }
        catch (HttpRequestException)
        {
            return new Answer.Retry("no connection, or one cut before the answer");
        }
        catch (IOException)
        {
            return new Answer.Retry("connection cut within the answer") { Broken = true };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Answer.Retry($"no end within {RequestTimeout.TotalSeconds} s");
        }
    }

    private HttpRequestMessage Request(TurnRecord turn, Uri node)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { model, messages = new[] { new { role = "user", content = turn.Prompt } }, stream = turn.Streamed }, TurnJson.Options);
        return new HttpRequestMessage(HttpMethod.Post, new Uri(node, "v1/chat/completions"))
        {
            Headers = { { "X-Conversation-Id", turn.Conversation }, { "Idempotency-Key", turn.Key } },
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
    }

    /// <summary>Another node than the one that failed, where there is one.</summary>
    private Uri Pick(Random random, Uri? failed)
    {
        var all = (random.NextDouble() < PastTheBalancer ? anyNodes : nodes)();
        var others = all.Where(node => node != failed).ToArray();
        return others.Length > 0 ? others[random.Next(others.Length)] : all[random.Next(all.Count)];
    }

    private static TimeSpan Pause(Answer.Retry retry, int tries, Random random)
    {
        var longest = MinPause * Math.Pow(2, Math.Min(tries, 6));
        var pause = MinPause + ((longest < MaxPause ? longest : MaxPause) * random.NextDouble());
        var asked = retry.Wait < LongestWaitAsked ? retry.Wait : LongestWaitAsked;
        return asked + pause;
    }
}
