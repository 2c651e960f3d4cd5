using System.Collections.Concurrent;

namespace ActorLlm.BridgeRun;

/// <summary>What a client knows: what it sent, and which replies it got. It takes replies that have the same id for one.</summary>
internal sealed class Ledger(int messages)
{
    private readonly ConcurrentDictionary<string, long> _sent = new();
    private readonly ConcurrentDictionary<string, (string Reply, TimeSpan After)> _replies = new();
    private readonly ConcurrentQueue<string> _problems = new();
    private int _repeatedReplies;
    private int _repeatedRequests;

    public int Answered => _replies.Count;

    public bool IsComplete => _replies.Count == messages;

    public int RepeatedReplies => _repeatedReplies;

    public int RepeatedRequests => _repeatedRequests;

    /// <summary>Requests whose replies are not there yet.</summary>
    public int Open => _sent.Count - _replies.Count;

    public IEnumerable<string> Problems => _problems.Take(20);

    public TimeSpan[] Waits => [.. _replies.Values.Select(reply => reply.After).Order()];

    public IEnumerable<string> Missing => Enumerable.Range(1, messages).Select(IdOf).Where(id => !_replies.ContainsKey(id));

    public static string IdOf(int number) => $"m-{number}";

    public static string ContentOf(string id) => $"message {id} [[reply vary]]";

    public void Sent(string id) => _sent.TryAdd(id, TimeProvider.System.GetTimestamp());

    /// <summary>The broker did not say that it has it: it is sent once more.</summary>
    public void SentAgain() => Interlocked.Increment(ref _repeatedRequests);

    public void Received(string id, string status, string result)
    {
        if (!_sent.TryGetValue(id, out var at)) _problems.Enqueue($"a reply to '{id}', which was not sent");
        else if (status != "success" || !result.Contains($" message {id} ", StringComparison.Ordinal)) _problems.Enqueue($"'{id}' was answered with {status}: {result}");
        else if (!_replies.TryAdd(id, (result, TimeProvider.System.GetElapsedTime(at)))) Repeated(id, result);
    }

    private void Repeated(string id, string result)
    {
        Interlocked.Increment(ref _repeatedReplies);
        // The simulator words each call's reply differently: another wording is another reply.
        if (_replies[id].Reply != result) _problems.Enqueue($"'{id}' has two replies: {_replies[id].Reply} / {result}");
    }
}
