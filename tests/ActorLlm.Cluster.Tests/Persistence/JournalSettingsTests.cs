using ActorLlm.Cluster.Persistence;
using Npgsql;

namespace ActorLlm.Cluster.Tests.Persistence;

public class JournalSettingsTests
{
    [Theory]
    [InlineData("Host=db;Database=x", JournalSettings.DefaultPoolSize)]
    [InlineData("Host=db;Database=x;Maximum Pool Size=100", 100)]
    [InlineData("Host=db;Database=x;MaxPoolSize=7", 7)]
    public void A_node_takes_few_connections_unless_it_is_told_how_many(string connectionString, int connections)
    {
        var settings = JournalSettings.PostgreSql(connectionString);

        Assert.Equal(connections, new NpgsqlConnectionStringBuilder(settings.ConnectionString).MaxPoolSize);
    }
}
