using System.Collections.Concurrent;
using ActorLlm.Domain;

namespace ActorLlm.Simulation.Worlds;

/// <summary>The ids of a run, made once, and stable numbers for types.</summary>
internal static class Names
{
    private const int Most = 16;

    private static readonly ConversationId[] Conversations = [.. Enumerable.Range(0, Most).Select(n => ConversationId.Of($"c{n:x}"))];
    private static readonly TurnId[] Turns = [.. Enumerable.Range(0, Most).Select(n => TurnId.Parse($"t{n:x}"))];
    private static readonly ConcurrentDictionary<Type, ulong> Codes = new();

    public static ConversationId Conversation(int number) => Conversations[number];

    public static int NumberOf(ConversationId conversation) => conversation.Value[^1] is var c && c <= '9' ? c - '0' : c - 'a' + 10;

    public static TurnId Turn(int number) => Turns[number];

    /// <summary>FNV-1a of the type's name: the same in every process, unlike a hash code.</summary>
    public static ulong CodeOf(object message) => Codes.GetOrAdd(
        message.GetType(),
        static type => type.Name.Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211UL));
}
