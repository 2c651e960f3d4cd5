using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Plans;

namespace ActorLlm.Simulation.Worlds;

/// <summary>What callers say. The text names its conversation and turn, so that the checker knows it again.</summary>
internal static class Contents
{
    public const string Poison = "poison";

    private const int Conversations = 16;
    private const int Turns = 16;

    private static readonly TurnContent[] Own = [.. All("own")];
    private static readonly TurnContent[] Other = [.. All("other")];
    private static readonly TurnContent[] Refused = [.. All(Poison)];

    /// <summary>Larger than a frame.</summary>
    public static TurnContent Oversize { get; } = TurnContent.Of(new string('x', Limits.MaxContentBytes + 1));

    public static TurnContent Of(ContentKind kind, int conversation, int turn) => kind switch
    {
        ContentKind.Oversize => Oversize,
        ContentKind.Other => Other[conversation * Turns + turn],
        ContentKind.Poison => Refused[conversation * Turns + turn],
        _ => Own[conversation * Turns + turn],
    };

    public static string TextOf(TurnContent content) => content.Messages[0].Text;

    private static IEnumerable<TurnContent> All(string word) =>
        from conversation in Enumerable.Range(0, Conversations)
        from turn in Enumerable.Range(0, Turns)
        select TurnContent.Of($"{word} c{conversation} t{turn}");
}
