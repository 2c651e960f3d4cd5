namespace ActorLlm.Chaos.Servers;

/// <summary>Recognizes what PostgreSQL says in its own protocol, as far as a fault needs it.</summary>
internal static class PostgresAnswers
{
    // ReadyForQuery outside of a transaction: what came before it is committed.
    private static ReadOnlySpan<byte> Ready => [(byte)'Z', 0, 0, 0, 5, (byte)'I'];

    /// <summary>Whether these bytes end with the end of a command, outside of any transaction, and say of one that wrote that it is complete.</summary>
    public static bool EndsACommit(ReadOnlySpan<byte> answer) =>
        answer.EndsWith(Ready) && (answer.IndexOf("INSERT 0 "u8) >= 0 || answer.IndexOf("COMMIT\0"u8) >= 0 || answer.IndexOf("COPY "u8) >= 0);
}
