using System.Collections.Concurrent;
using System.Globalization;

namespace ActorLlm.Clients.Tests.Support;

/// <summary>One answer as it came over the wire.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Node">The node that gave it.</param>
/// <param name="RetryAfter">The wait that it asked for; zero where it asked for none.</param>
/// <param name="SentAt">When the request was sent, as a timestamp of <see cref="TimeProvider.System"/>.</param>
/// <param name="ReceivedAt">When the answer's head came.</param>
internal sealed record WireAnswer(int Status, string Node, TimeSpan RetryAfter, long SentAt, long ReceivedAt);

/// <summary>What a client sends, with headers added to it, and what was answered.</summary>
/// <param name="headers">The headers.</param>
/// <param name="onAnswer">Called with each answer, and waited for, before the client gets it.</param>
internal sealed class Wire(IReadOnlyDictionary<string, string>? headers = null, Func<WireAnswer, Task>? onAnswer = null)
    : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly ConcurrentQueue<WireAnswer> _answers = new();

    /// <summary>The answers, oldest first.</summary>
    public IReadOnlyList<WireAnswer> Answers => [.. _answers];

    public IEnumerable<int> Statuses => Answers.Select(answer => answer.Status);

    /// <summary>Fails unless there were refusals of this status and then an answer, each after the wait that the one before asked for.</summary>
    public void AssertRetried(int status)
    {
        var answers = Answers;
        Assert.True(answers.Count > 1, "The client got its reply at once.");
        Assert.Equal([.. Enumerable.Repeat(status, answers.Count - 1), 200], Statuses);
        foreach (var (refused, next) in answers.Zip(answers.Skip(1)))
        {
            Assert.True(refused.RetryAfter >= TimeSpan.FromSeconds(1), $"Retry-After was {refused.RetryAfter}.");
            var waited = TimeProvider.System.GetElapsedTime(refused.ReceivedAt, next.SentAt);
            // A timer may fire a little early.
            Assert.True(waited > refused.RetryAfter - TimeSpan.FromMilliseconds(50), $"It waited {waited} of {refused.RetryAfter}.");
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
            request.Headers.Add(name, value);
        var sentAt = TimeProvider.System.GetTimestamp();
        var response = await base.SendAsync(request, cancellationToken);
        var answer = new WireAnswer(
            (int)response.StatusCode, request.RequestUri!.Authority, RetryAfter(response), sentAt, TimeProvider.System.GetTimestamp());
        _answers.Enqueue(answer);
        if (onAnswer is not null)
            await onAnswer(answer);
        return response;
    }

    private static TimeSpan RetryAfter(HttpResponseMessage response) =>
        response.Headers.TryGetValues("retry-after-ms", out var values)
            ? TimeSpan.FromMilliseconds(long.Parse(values.Single(), CultureInfo.InvariantCulture))
            : TimeSpan.Zero;
}
