using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests;

/// <summary>Conversations in memory that answer as a test's script says; a turn id is remembered with its content and outcome.</summary>
public sealed class FakeConversations : IConversations
{
    public static readonly DateTimeOffset SettledAt = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

    private readonly ConcurrentDictionary<(ConversationId, TurnId), (TurnContent Content, TurnSettled Answer)> _settled = new();

    /// <summary>Every request that arrived, repeats included.</summary>
    public ConcurrentQueue<TurnRequest> Requests { get; } = new();

    /// <summary>How often a reply was made, as opposed to remembered.</summary>
    public int Executions { get; private set; }

    /// <summary>How often a turn was cancelled.</summary>
    public int Cancels { get; private set; }

    /// <summary>The outcome of a new turn.</summary>
    public Func<TurnRequest, CancellationToken, Task<Outcome>> Script { get; set; } = (_, _) => Task.FromResult(Committed("Hello."));

    /// <summary>The updates of a stream; when null, the outcome of <see cref="Script"/> in pieces of three characters.</summary>
    public Func<TurnRequest, CancellationToken, IAsyncEnumerable<TurnUpdate>>? StreamScript { get; set; }

    public static Outcome Committed(string text, string finish = "stop", Usage? usage = null) =>
        new Outcome.Committed(new Reply(text, "sim-1-2026", "sim", finish, usage ?? new Usage(11, 7)));

    public static TurnSettled Settled(TurnRequest request, Outcome outcome) =>
        new(request.Conversation, request.Turn, outcome, Attempts: 1, Acknowledged: false, SettledAt);

    public async Task<TurnSettled> CompleteAsync(TurnRequest request, CancellationToken cancellationToken = default)
    {
        Requests.Enqueue(request);
        if (_settled.TryGetValue((request.Conversation, request.Turn), out var known))
        {
            return known.Content.Fingerprint() == request.Content.Fingerprint()
                ? known.Answer
                : throw new TurnRejectedException(RejectionCode.TurnIdReused, $"The turn id {request.Turn} was used with other content.");
        }

        var answer = Settled(request, await Script(request, cancellationToken));
        Executions++;
        return _settled.GetOrAdd((request.Conversation, request.Turn), (request.Content, answer)).Answer;
    }

    public IAsyncEnumerable<TurnUpdate> StreamAsync(TurnRequest request, CancellationToken cancellationToken = default)
    {
        if (StreamScript is null) return PiecesAsync(request, cancellationToken);
        Requests.Enqueue(request);
        return StreamScript(request, cancellationToken);
    }

    public Task<TurnAnswer> SubmitAsync(TurnRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<TurnAnswer> GetAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<ConversationView> GetAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task<TurnAnswer> CancelAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default)
    {
        Cancels++;
        throw new NotSupportedException();
    }

    public Task<TurnAnswer> AcknowledgeAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    private async IAsyncEnumerable<TurnUpdate> PiecesAsync(TurnRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var answer = await CompleteAsync(request, cancellation);
        yield return new TurnUpdate.Accepted();
        if (answer.Outcome is Outcome.Committed { Reply.Text: var text })
        {
            for (var at = 0; at < text.Length; at += 3) yield return new TurnUpdate.Text(text.Substring(at, Math.Min(3, text.Length - at)));
        }

        yield return new TurnUpdate.Settled(answer, Diverged: false);
    }
}

public sealed class FakeModels(params string[] names) : IModels
{
    public IReadOnlyList<string> Names { get; set; } = names;
}
