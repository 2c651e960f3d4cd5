using System.Globalization;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Testing;

namespace ActorLlm.Cluster.Tests;

/// <summary>Tests with databases of both kinds; files go with the test.</summary>
public abstract class DatabaseTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private int _files;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected async Task<JournalSettings> NewAsync(JournalProvider provider) => provider == JournalProvider.PostgreSql
        ? JournalSettings.PostgreSql(await (await TestPostgres.SharedAsync()).CreateDatabaseAsync())
        : JournalSettings.Sqlite(_folder.Of($"test-{++_files}.db"));

    /// <summary>A fresh one with the tables made.</summary>
    protected async Task<JournalSettings> ReadyAsync(JournalProvider provider)
    {
        var settings = await NewAsync(provider);
        await JournalSchema.EnsureAsync(settings);
        return settings;
    }
}

internal static class Database
{
    public static async Task<long> RunAsync(this JournalSettings settings, string sql)
    {
        await using var source = settings.CreateDataSource();
        await using var command = source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync() ?? 0, CultureInfo.InvariantCulture);
    }
}
