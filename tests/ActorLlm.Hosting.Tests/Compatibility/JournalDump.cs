using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace ActorLlm.Hosting.Tests.Compatibility;

/// <summary>All that a version stored, as text: one row of a table on a line, what is binary in base64. Compressed, as long texts are in it.</summary>
internal static class JournalDump
{
    // Not the table of nodes: who was alive then is of no interest.
    private static readonly string[] Tables = ["actorllm_journal", "actorllm_snapshot", "actorllm_watermark", "actorllm_stream"];

    /// <summary>Writes what a database holds.</summary>
    public static async Task WriteAsync(string database, string file)
    {
        await using var gzip = new GZipStream(File.Create(file), CompressionLevel.SmallestSize);
        await using var lines = new StreamWriter(gzip);
        await using var connection = await OpenAsync(database);
        foreach (var table in Tables)
        {
            await using var command = Command(connection, $"SELECT * FROM {table}");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var row = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, column => Text(reader.GetValue(column)));
                await lines.WriteLineAsync(JsonSerializer.Serialize(new { table, row }));
            }
        }
    }

    /// <summary>Puts it into a database that has the tables and nothing in them.</summary>
    /// <returns>The manifests of all events and snapshots.</returns>
    public static async Task<IReadOnlySet<string>> RestoreAsync(string file, string database)
    {
        var manifests = new HashSet<string>();
        await using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var lines = new StreamReader(gzip);
        await using var connection = await OpenAsync(database);
        while (await lines.ReadLineAsync() is { } line)
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement.GetProperty("row").EnumerateObject().ToDictionary(column => column.Name, column => Value(column.Value.GetString()!));
            if (row.TryGetValue("manifest", out var manifest)) manifests.Add((string)manifest);
            await using var insert = Command(
                connection, $"INSERT INTO {json.RootElement.GetProperty("table").GetString()} ({string.Join(", ", row.Keys)}) VALUES ({string.Join(", ", row.Keys.Select(column => "@" + column))})");
            foreach (var (column, value) in row) insert.Parameters.AddWithValue("@" + column, value);
            await insert.ExecuteNonQueryAsync();
        }

        return manifests;
    }

    /// <summary>How many events of a kind there are.</summary>
    public static async Task<long> CountAsync(string database, string manifest)
    {
        await using var connection = await OpenAsync(database);
        await using var command = Command(connection, "SELECT count(*) FROM actorllm_journal WHERE manifest = @manifest");
        command.Parameters.AddWithValue("@manifest", manifest);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    // The names of tables and columns come from the product's own schema.
#pragma warning disable CA2100
    private static SqliteCommand Command(SqliteConnection connection, string text) => new(text, connection);
#pragma warning restore CA2100

    private static async Task<SqliteConnection> OpenAsync(string database)
    {
        var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    private static string Text(object value) => value switch
    {
        byte[] bytes => "b:" + Convert.ToBase64String(bytes),
        DBNull => "n:",
        long number => "i:" + number.ToString(CultureInfo.InvariantCulture),
        double number => "r:" + number.ToString("R", CultureInfo.InvariantCulture),
        _ => "t:" + value,
    };

    private static object Value(string text) => text[0] switch
    {
        'b' => Convert.FromBase64String(text[2..]),
        'n' => DBNull.Value,
        'i' => long.Parse(text[2..], CultureInfo.InvariantCulture),
        'r' => double.Parse(text[2..], CultureInfo.InvariantCulture),
        _ => text[2..],
    };
}
