using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>Under which id a turn that failed is run again: a turn has one outcome and keeps it.</summary>
public static class RequeuedTurn
{
    private const string Suffix = ".requeued-1";

    /// <summary>The new turn's id: always the same for the same turn, so that to requeue twice is to requeue once. What fails again has a next one of its own.</summary>
    public static TurnId Of(TurnId turn) => TurnId.Parse(turn.Value.Length + Suffix.Length <= Limits.MaxIdLength
        ? turn.Value + Suffix
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(turn.Value))) + Suffix);
}
