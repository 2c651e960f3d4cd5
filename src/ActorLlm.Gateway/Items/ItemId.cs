using System.Globalization;
using ActorLlm.Domain;

namespace ActorLlm.Gateway.Items;

/// <summary>An item's id: what it is, the turn that it came with, and its position in that turn's exchange.</summary>
internal static class ItemId
{
    private const int PositionDigits = 6;

    /// <summary>The ids of a turn's items.</summary>
    public static Func<string, int, string> Of(ConversationId conversation, TurnId turn) => Of(Ids.HashOf(conversation, turn));

    /// <summary>The ids of items that nobody keeps.</summary>
    public static Func<string, int, string> Loose() => Of(Ids.NewRandom());

    /// <summary>Whether an id may be of that turn, and the position that it names.</summary>
    public static bool IsOf(string id, ConversationId conversation, TurnId turn, out int position)
    {
        position = 0;
        var name = id.AsSpan(id.IndexOf('_', StringComparison.Ordinal) + 1);
        var hash = Ids.HashOf(conversation, turn);
        return name.Length == hash.Length + PositionDigits && name.StartsWith(hash, StringComparison.Ordinal)
            && int.TryParse(name[hash.Length..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out position);
    }

    private static Func<string, int, string> Of(string hash) =>
        (prefix, position) => $"{prefix}_{hash}{position.ToString("x6", CultureInfo.InvariantCulture)}";
}
