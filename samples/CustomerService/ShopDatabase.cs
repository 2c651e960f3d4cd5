using Microsoft.Data.Sqlite;

namespace CustomerService;

/// <summary>The shop's own database, which has nothing to do with ActorLlm's: the knowledge base and the orders.</summary>
public sealed class ShopDatabase
{
    private readonly string _connection;

    public ShopDatabase(string file)
    {
        _connection = new SqliteConnectionStringBuilder { DataSource = file }.ConnectionString;
        Run("""
            CREATE VIRTUAL TABLE IF NOT EXISTS article USING fts5 (name UNINDEXED, title, body, tokenize = 'porter');
            CREATE TABLE IF NOT EXISTS placed_order (number TEXT PRIMARY KEY, item TEXT NOT NULL, cents INTEGER NOT NULL, state TEXT NOT NULL);
            CREATE TABLE IF NOT EXISTS refund (idempotency_key TEXT PRIMARY KEY, number TEXT NOT NULL, cents INTEGER NOT NULL);
            """);
    }

    /// <summary>Runs statements.</summary>
    /// <returns>Rows changed.</returns>
    public int Run(string sql, params (string Name, object Value)[] parameters) => Use(sql, parameters, command => command.ExecuteNonQuery());

    /// <summary>Reads rows.</summary>
    public IReadOnlyList<T> Read<T>(string sql, Func<SqliteDataReader, T> row, params (string Name, object Value)[] parameters) => Use(sql, parameters, command =>
    {
        var all = new List<T>();
        using var reader = command.ExecuteReader();
        while (reader.Read()) all.Add(row(reader));
        return all;
    });

    private T Use<T>(string sql, (string Name, object Value)[] parameters, Func<SqliteCommand, T> use)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
        // Statements are constants of this program; what comes from outside is a parameter.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return use(command);
    }
}
