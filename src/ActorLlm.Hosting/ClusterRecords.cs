using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Hosting;

/// <summary>What conversations hold, through this node's part of the cluster.</summary>
internal sealed class ClusterRecords(ClusterAsk cluster) : IConversationRecords
{
    public async Task<TurnRecord> ReadAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        (TurnRecord)await cluster.AskTurnAsync(new ReadTurn(conversation, turn), cancellationToken).ConfigureAwait(false);

    public Task DeleteAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        cluster.AskViewAsync(new DeleteTurn(conversation, turn), cancellationToken);

    public Task<ConversationView> GetAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        cluster.AskAsync<ConversationView>(new GetConversation(conversation) { WithoutHistory = true }, cancellationToken);

    public async Task<ConversationView> MakeAsync(
        ConversationId conversation, TurnId key, string metadata, ImmutableArray<Message> messages, CancellationToken cancellationToken = default)
    {
        // Before the conversation is made: a refusal leaves none behind.
        if (!messages.IsEmpty && ContentRules.Error(AddItems.ContentOf(messages)) is { } error) throw new TurnRejectedException(error.Code, error.Reason);
        var describe = new DescribeConversation(conversation, Ids.NewTurn(), metadata, MustExist: false) { Request = DescribeConversation.RequestOf(metadata, messages) };
        var view = await cluster.AskViewAsync(describe, cancellationToken).ConfigureAwait(false);
        if (!messages.IsEmpty) await AddAsync(conversation, key, messages, cancellationToken).ConfigureAwait(false);
        return view;
    }

    public Task<ConversationView> DescribeAsync(
        ConversationId conversation, string metadata, bool mustExist, CancellationToken cancellationToken = default) =>
        cluster.AskViewAsync(new DescribeConversation(conversation, Ids.NewTurn(), metadata, mustExist), cancellationToken);

    public Task DeleteAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        cluster.AskViewAsync(new DeleteConversation(conversation, Ids.NewTurn()), cancellationToken);

    public async Task AddAsync(ConversationId conversation, TurnId key, ImmutableArray<Message> messages, CancellationToken cancellationToken = default)
    {
        var add = new AddItems(conversation, key, messages);
        // What cannot be right is refused here, before it becomes a frame: a frame too large would be dropped in silence.
        if (ContentRules.Error(add.Content) is { } error) throw new TurnRejectedException(error.Code, error.Reason);
        await cluster.AskTurnAsync(add, cancellationToken).ConfigureAwait(false);
    }

    public Task<ConversationView> DeleteItemAsync(ConversationId conversation, TurnId turn, int position, CancellationToken cancellationToken = default) =>
        cluster.AskViewAsync(new DeleteItem(conversation, turn, position), cancellationToken);
}
