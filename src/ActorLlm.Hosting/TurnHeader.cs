using ActorLlm.Domain;
using ActorLlm.Inspection;

namespace ActorLlm.Hosting;

/// <summary>The header by which the HTTP face tells with each answer which turn it is about, for those who look for it with operator's tools.</summary>
internal static class TurnHeader
{
    public const string Name = AdminApi.TurnHeader;

    // In no id: they are visible ASCII.
    private const char Between = ' ';

    public static string Of(ConversationId conversation, TurnId turn) => $"{conversation}{Between}{turn}";

    public static bool TryRead(string text, out ConversationId conversation, out TurnId turn)
    {
        (conversation, turn) = (default, default);
        return text.Split(Between) is [var first, var second]
            && ConversationId.TryParse(first, out conversation, out _) && TurnId.TryParse(second, out turn, out _);
    }
}
