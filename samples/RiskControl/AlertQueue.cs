using Microsoft.Data.Sqlite;

namespace RiskControl;

/// <summary>
/// Where alerts go: a table that people work through, and the other end of the handing-out. It knows an alert by its id, so that one that is handed out again,
/// since the program was killed before it could acknowledge it, is there once.
/// </summary>
public sealed class AlertQueue
{
    private readonly string _connection;

    public AlertQueue(string file)
    {
        _connection = new SqliteConnectionStringBuilder { DataSource = file }.ConnectionString;
        Run("CREATE TABLE IF NOT EXISTS alert (id TEXT PRIMARY KEY, account TEXT NOT NULL, reason TEXT NOT NULL, handed_out INTEGER NOT NULL)", _ => { });
    }

    /// <summary>Takes an alert; when this returns, it is stored.</summary>
    public void Put(Ruling alert) => Run(
        """
        INSERT INTO alert (id, account, reason, handed_out) VALUES ($id, $account, $reason, 1)
        ON CONFLICT (id) DO UPDATE SET handed_out = handed_out + 1
        """,
        command =>
        {
            command.Parameters.AddWithValue("$id", alert.Id);
            command.Parameters.AddWithValue("$account", alert.Account);
            command.Parameters.AddWithValue("$reason", alert.Reason);
        });

    /// <summary>The ids of all alerts, and how often each was handed out.</summary>
    public IReadOnlyDictionary<string, int> All()
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, handed_out FROM alert";
        using var rows = command.ExecuteReader();
        var all = new Dictionary<string, int>();
        while (rows.Read()) all.Add(rows.GetString(0), rows.GetInt32(1));
        return all;
    }

    private void Run(string sql, Action<SqliteCommand> fill)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        fill(command);
        command.ExecuteNonQuery();
    }
}
