using ActorLlm.Domain;

namespace ActorLlm.Gateway;

/// <summary>The ids that the gateway makes: random where the client named none, derived where a repeat must find the same thing.</summary>
internal static class Ids
{
    private const string NewPrefix = "chat-";
    private const string ForkPrefix = "fork-";

    /// <summary>A name for one request, for the logs of both sides.</summary>
    public static string NewRequestId() => "req_" + NewRandom();

    /// <summary>A turn that no other request means.</summary>
    public static TurnId NewTurn() => TurnId.Parse("turn-" + NewRandom());

    /// <summary>A conversation that no other request means.</summary>
    public static ConversationId NewConversation(string tenant) => ConversationId.Of(tenant, NewPrefix + NewRandom());

    /// <summary>The conversation of a turn sent without one: the same key of a tenant always reaches the same conversation.</summary>
    public static ConversationId ConversationOf(string tenant, TurnId key) => Hosting.Ids.ConversationOf(tenant, key);

    /// <summary>A conversation that a client asks to be made.</summary>
    public static ConversationId NewNamedConversation(string tenant) => ConversationId.Of(tenant, "conv_" + NewRandom());

    /// <summary>The same for a client that brings a key: the same one always reaches the same conversation.</summary>
    public static ConversationId NamedConversationOf(string tenant, TurnId key) => ConversationId.Of(tenant, "conv_" + Hash(key.Value));

    /// <summary>A completion's id: the same turn always has the same one.</summary>
    public static string CompletionOf(ConversationId conversation, TurnId turn) => "chatcmpl-" + HashOf(conversation, turn);

    /// <summary>The conversation that goes on from an earlier turn of another one: the same request always reaches the same conversation.</summary>
    public static ConversationId ForkOf(ConversationId conversation, TurnId after, TurnId turn) =>
        ConversationId.Of(conversation.Tenant, ForkPrefix + Hash($"{conversation}\n{after}\n{turn}"));

    /// <summary>Whether no client named the conversation, so that its turns are all of one chain.</summary>
    public static bool IsUnnamed(ConversationId conversation) =>
        conversation.Name.StartsWith(NewPrefix, StringComparison.Ordinal) || conversation.Name.StartsWith(Hosting.Ids.KeyPrefix, StringComparison.Ordinal)
        || conversation.Name.StartsWith(ForkPrefix, StringComparison.Ordinal);

    /// <summary>What stands for a turn within longer ids.</summary>
    public static string HashOf(ConversationId conversation, TurnId turn) => Hash($"{conversation}\n{turn}");

    /// <summary>The id of a completion that is not stored.</summary>
    public static string NewCompletion() => "chatcmpl-" + NewRandom();

    public static string NewRandom() => Hosting.Ids.NewRandom();

    private static string Hash(string text) => Hosting.Ids.Hash(text);
}
