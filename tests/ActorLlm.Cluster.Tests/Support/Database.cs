using System.Globalization;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Testing;

namespace ActorLlm.Cluster.Tests;

/// <summary>Databases for the contract that both kinds have to keep.</summary>
internal static class Database
{
    public static async Task<JournalSettings> NewAsync(JournalProvider provider) => provider == JournalProvider.PostgreSql
        ? JournalSettings.PostgreSql(await (await TestPostgres.SharedAsync()).CreateDatabaseAsync())
        : JournalSettings.Sqlite(Path.Combine(Directory.CreateTempSubdirectory("actorllm-").FullName, "test.db"));

    /// <summary>A fresh one with the tables made.</summary>
    public static async Task<JournalSettings> ReadyAsync(JournalProvider provider)
    {
        var settings = await NewAsync(provider);
        await JournalSchema.EnsureAsync(settings);
        return settings;
    }

    public static async Task<long> RunAsync(this JournalSettings settings, string sql)
    {
        await using var source = settings.CreateDataSource();
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync() ?? 0, CultureInfo.InvariantCulture);
    }
}
