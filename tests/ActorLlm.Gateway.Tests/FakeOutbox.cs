using System.Collections.Concurrent;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests;

/// <summary>Takes what is owed, to URLs that begin with https://hooks/.</summary>
public sealed class FakeOutbox : IReplyOutbox, IWebhooks
{
    public ConcurrentQueue<(TurnRequest Request, ReplyTarget Target)> Owed { get; } = new();

    public Task<OwedReply> OweAsync(TurnRequest request, ReplyTarget target, bool follow, CancellationToken cancellationToken = default)
    {
        Owed.Enqueue((request, target));
        return Task.FromResult(new OwedReply("id", request.Conversation, request.Turn, target, default, 0, false, ""));
    }

    public Task FollowAsync(OwedReply owed, TurnRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<OwedReply>> ListAsync(bool parked, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task RetryAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public string? Refuse(string url) => url.StartsWith("https://hooks/", StringComparison.Ordinal) ? null : "The webhook's host is not allowed.";

    public ReplyTarget To(string url) => new("webhook", url);
}
