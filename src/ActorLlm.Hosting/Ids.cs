using ActorLlm.Domain;

namespace ActorLlm.Hosting;

/// <summary>The one place where ids are made up for callers who bring none.</summary>
internal static class Ids
{
#pragma warning disable RS0030
    public static TurnId NewTurn() => TurnId.Parse(Guid.NewGuid().ToString("N"));

    public static string NewConversationName() => Guid.NewGuid().ToString("N");
#pragma warning restore RS0030
}
