using System.Data.Common;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ActorLlm.Cluster.Persistence;

/// <summary>Runs queries whose parameters are named <c>$1</c>, <c>$2</c> and so on, on either database.</summary>
internal sealed class JournalQuery(JournalSettings settings)
{
    public bool IsPostgres => settings.Provider == JournalProvider.PostgreSql;

    /// <summary>What a list of texts is as a parameter, for <see cref="Ids"/>.</summary>
    public object Array(IEnumerable<string> texts) => IsPostgres ? texts.ToArray() : JsonSerializer.Serialize(texts);

    /// <summary>What a list of numbers is as a parameter, for <see cref="Ids"/>.</summary>
    public object Array(IEnumerable<long> numbers) => IsPostgres ? numbers.ToArray() : JsonSerializer.Serialize(numbers);

    /// <summary>A list that was given as a parameter, as the rows <c>i (id)</c>.</summary>
    public string Ids(string parameter) => IsPostgres ? $"unnest({parameter}) AS i (id)" : $"(SELECT value AS id FROM json_each({parameter})) AS i";

    /// <summary>Runs a query and gives each row as it arrives.</summary>
    public Task RunAsync(string sql, object[] parameters, Action<DbDataReader> row, CancellationToken cancellationToken = default) => IsPostgres
        ? RunAsync(new NpgsqlConnection(settings.ConnectionString), sql, parameters, row, cancellationToken)
        // SQLite's calls block, so they run on a thread of their own and not on the pool's.
        : Task.Factory.StartNew(
            () => RunAsync(new SqliteConnection(settings.ConnectionString), sql, parameters, row, cancellationToken),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();

    private static async Task RunAsync(DbConnection connection, string sql, object[] parameters, Action<DbDataReader> row, CancellationToken cancellationToken)
    {
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var command = connection.CreateCommand();
            await using var disposal = command.ConfigureAwait(false);
            command.CommandText = sql;
            for (var i = 0; i < parameters.Length; i++)
            {
                var parameter = command.CreateParameter();
                // PostgreSQL's are known by their place, SQLite's by their name.
                if (parameter is SqliteParameter) parameter.ParameterName = $"${i + 1}";
                parameter.Value = parameters[i];
                command.Parameters.Add(parameter);
            }

            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using var readerDisposal = reader.ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                // Rows that have arrived are given without a look at the token.
                cancellationToken.ThrowIfCancellationRequested();
                row(reader);
            }
        }
    }
}
