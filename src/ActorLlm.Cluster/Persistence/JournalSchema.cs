using System.Data.Common;
using System.Reflection;

namespace ActorLlm.Cluster.Persistence;

/// <summary>The database cannot be used; the message is for people.</summary>
public sealed class JournalUnusableException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Makes the tables where they are missing and makes sure, before anything is accepted, that the fence between two writers stands.</summary>
public static class JournalSchema
{
    // Any number will do as long as all nodes take the same one; nodes that start together make the tables one after another.
    private const long SetupLock = 7_110_711;

    private const string PostgresFence = """
        SELECT count(*) FROM pg_index i
        WHERE i.indrelid = 'actorllm_journal'::regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
          AND (SELECT array_agg(a.attname::text ORDER BY a.attname) FROM pg_attribute a
               WHERE a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)) = ARRAY['persistence_id', 'sequence_number']
        """;

    private const string SqliteFence = """
        SELECT count(*) FROM pragma_index_list('actorllm_journal') l
        WHERE l."unique" = 1 AND l.partial = 0
          -- An expression is a column without a name.
          AND (SELECT count(*) FROM pragma_index_info(l.name)) = 2
          AND (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY name)) = 'persistence_id,sequence_number'
        """;

    /// <summary>The statement that restores the unique index.</summary>
    internal const string RestoreFence = "Restore it: CREATE UNIQUE INDEX actorllm_journal_uq ON actorllm_journal (persistence_id, sequence_number).";

    /// <summary>Makes the tables where they are missing, then checks the unique index.</summary>
    /// <exception cref="JournalUnusableException">The database is out of reach, refuses, or lacks the unique index.</exception>
    public static async Task EnsureAsync(JournalSettings settings, CancellationToken cancellationToken = default)
    {
        try
        {
            if (settings.Provider == JournalProvider.Sqlite && Path.GetDirectoryName(Path.GetFullPath(settings.Place)) is { } folder)
                Directory.CreateDirectory(folder);
            await using var source = settings.CreateDataSource();
            await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await CreateAsync(connection, settings.Provider, cancellationToken).ConfigureAwait(false);
            await AssertFenceAsync(connection, settings, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DbException or TimeoutException or System.Net.Sockets.SocketException or IOException or UnauthorizedAccessException)
        {
            throw new JournalUnusableException(
                $"The {settings.Provider} database {settings.Place} cannot be used: {error.Message.TrimEnd('.')}. "
                + (settings.Provider == JournalProvider.Sqlite
                    ? "Check that the folder can be written to, or set ActorLlm:Sqlite to another path."
                    : "Check that it runs, that the address and the credentials are right, and that it may create tables."),
                error);
        }
    }

    private static async Task CreateAsync(DbConnection connection, JournalProvider provider, CancellationToken cancellationToken)
    {
        var script = Script(provider);
        if (provider == JournalProvider.PostgreSql)
        {
            // One script is one transaction here, so the lock is held exactly until the tables are there.
            script = $"SELECT pg_advisory_xact_lock({SetupLock});\n{script}";
        }

        await using var command = connection.CreateCommand();
        command.CommandText = script;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task AssertFenceAsync(DbConnection connection, JournalSettings settings, CancellationToken cancellationToken)
    {
        if (await HasFenceAsync(connection, settings.Provider, cancellationToken).ConfigureAwait(false)) return;
        throw new JournalUnusableException(
            $"The table actorllm_journal in {settings.Place} has no unique index on (persistence_id, sequence_number). Without it two "
            + $"nodes could both write a conversation and lose messages, so this node does not start. {RestoreFence}");
    }

    /// <summary>Whether the unique index is there.</summary>
    internal static async Task<bool> HasFenceAsync(JournalSettings settings, CancellationToken cancellationToken)
    {
        await using var source = settings.CreateDataSource();
        await using var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return await HasFenceAsync(connection, settings.Provider, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<bool> HasFenceAsync(DbConnection connection, JournalProvider provider, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = provider == JournalProvider.PostgreSql ? PostgresFence : SqliteFence;
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), System.Globalization.CultureInfo.InvariantCulture) > 0;
    }

    private static string Script(JournalProvider provider)
    {
        var name = $"ActorLlm.Cluster.Persistence.Sql.{provider}.sql";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is missing from the build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
