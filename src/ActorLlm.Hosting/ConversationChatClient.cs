using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace ActorLlm.Hosting;

/// <summary>
/// The whole cluster as a chat client. <see cref="ChatOptions.ConversationId"/> names the durable conversation, whose history the cluster
/// holds: send only the new messages. Without one, a conversation begins, and the response names it.
/// </summary>
/// <remarks>
/// The turn's idempotency key is the additional property <see cref="TurnIdProperty"/>; without it every call is a new turn. A turn that fails throws
/// <see cref="TurnFailedException"/>.
/// </remarks>
public sealed class ConversationChatClient(IConversations conversations) : IChatClient
{
    /// <summary>Name of the additional property that holds the turn's id.</summary>
    public const string TurnIdProperty = "turn_id";

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var request = RequestOf(messages, options);
        var settled = await conversations.CompleteAsync(request, cancellationToken).ConfigureAwait(false);
        var reply = ReplyOf(settled);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. ChatMapping.ContentsOf(reply, withText: true)]))
        {
            ConversationId = request.Conversation.Name,
            ResponseId = request.Turn.Value,
            ModelId = reply.Model,
            CreatedAt = settled.At,
            FinishReason = new ChatFinishReason(reply.FinishReason),
            Usage = UsageOf(reply),
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = RequestOf(messages, options);
        await foreach (var update in conversations.StreamAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (update is TurnUpdate.Text text) yield return Update(request, [new TextContent(text.Delta)]);
            else if (update is TurnUpdate.Settled settled) yield return Last(request, settled);
        }
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static ChatResponseUpdate Last(TurnRequest request, TurnUpdate.Settled settled)
    {
        var reply = ReplyOf(settled.Answer);
        if (settled.Diverged)
        {
            throw new TurnFailedException(
                $"The stream of turn {request.Turn} broke off and another attempt answered in other words. Read the committed reply with the same turn id.");
        }

        var update = Update(request, [.. ChatMapping.ContentsOf(reply, withText: false), new UsageContent(UsageOf(reply))]);
        update.ModelId = reply.Model;
        update.FinishReason = new ChatFinishReason(reply.FinishReason);
        return update;
    }

    private static ChatResponseUpdate Update(TurnRequest request, IList<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ConversationId = request.Conversation.Name,
        ResponseId = request.Turn.Value,
        MessageId = request.Turn.Value,
    };

    private static Reply ReplyOf(TurnSettled settled) => settled.Outcome switch
    {
        Outcome.Committed committed => committed.Reply,
        Outcome.Failed failed => throw new TurnFailedException($"Turn {settled.Turn} failed: {failed.Reason}"),
        _ => throw new TurnFailedException($"Turn {settled.Turn} was cancelled."),
    };

    private static UsageDetails UsageOf(Reply reply) => new()
    {
        InputTokenCount = reply.Usage.InputTokens,
        OutputTokenCount = reply.Usage.OutputTokens,
        TotalTokenCount = reply.Usage.InputTokens + reply.Usage.OutputTokens,
        CachedInputTokenCount = reply.Usage.CachedInputTokens,
        ReasoningTokenCount = reply.Usage.ReasoningTokens,
    };

    private static TurnRequest RequestOf(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var turn = options?.AdditionalProperties?.TryGetValue(TurnIdProperty, out string? id) == true ? TurnId.Parse(id!) : Ids.NewTurn();
        var entries = messages.SelectMany(ChatMapping.MessagesOf).ToImmutableArray();
        if (options?.Instructions is { Length: > 0 } instructions) entries = entries.Insert(0, new Message(Role.System, instructions));
        return new TurnRequest(
            ConversationId.Of(options?.ConversationId ?? Ids.NewConversationName()), turn,
            new TurnContent(options?.ModelId ?? "", entries, ChatMapping.SettingsOf(options)));
    }
}

/// <summary>The turn ended without a reply; the message says why.</summary>
public sealed class TurnFailedException(string reason) : Exception(reason);
