using ActorLlm.Domain;
using ActorLlm.Hosting;

namespace ActorLlm.Admin.Tests;

/// <summary>An outbox with one reply that was given up and one on its way.</summary>
public sealed class FakeOutbox : IReplyOutbox
{
    public List<string> Retried { get; } = [];

    public Task<IReadOnlyList<OwedReply>> ListAsync(bool parked, int limit, CancellationToken cancellationToken = default) => Task.FromResult<IReadOnlyList<OwedReply>>(
    [
        new(parked ? "given-up" : "waiting", ConversationId.Of("talk"), TurnId.Parse("t1"), new ReplyTarget("webhook", "https://hooks/1"), DateTimeOffset.UnixEpoch, 3, parked, "500"),
    ]);

    public Task RetryAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken = default)
    {
        Retried.AddRange(ids);
        return Task.CompletedTask;
    }

    public Task<OwedReply> OweAsync(TurnRequest request, ReplyTarget target, bool follow, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task FollowAsync(OwedReply owed, TurnRequest request, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
