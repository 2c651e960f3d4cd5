using System.Globalization;
using System.Reflection;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Serialization;
using Akka.Configuration;
using Akka.Persistence.Sql;

namespace ActorLlm.Cluster;

/// <summary>The Akka settings, from the files under <c>hocon/</c>.</summary>
public static class ActorLlmConfig
{
    internal const string JournalPlugin = "akka.persistence.journal.actorllm";
    internal const string SnapshotPlugin = "akka.persistence.snapshot-store.actorllm";

    /// <summary>The product's version, by which the members of a cluster are told apart while it is upgraded.</summary>
    public static string Version { get; } = typeof(ActorLlmConfig).Assembly.GetName().Version!.ToString(3);

    /// <summary>Everything that ActorLlm needs, for a database.</summary>
    public static Config For(JournalSettings journal)
    {
        var (provider, dispatcher) = journal.Provider == JournalProvider.PostgreSql
            ? ("PostgreSQL.15", "akka.actor.default-dispatcher")
            : ("SQLite.MS", "akka.persistence.dispatchers.actorllm-blocking-journal");
        var connection = $$"""{ connection-string = {{Quote(journal.ConnectionString)}}, provider-name = "{{provider}}", plugin-dispatcher = "{{dispatcher}}", materializer-dispatcher = "{{dispatcher}}" }""";
        return Bindings()
            .WithFallback(ConfigurationFactory.ParseString(
                $"{JournalPlugin} = {connection}\n{SnapshotPlugin} = {connection}\nakka.cluster.app-version = {Quote(Version)}"))
            .WithFallback(Read("journal.conf"))
            .WithFallback(Read("base.conf"))
            .WithFallback(SqlPersistence.DefaultConfiguration);
    }

    internal static string Quote(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    // Every type of the wire table, from the table itself: none can be forgotten.
    private static Config Bindings() => ConfigurationFactory.ParseString(string.Join(
        '\n',
        ActorLlmSerializer.Types.Select(type => string.Create(
            CultureInfo.InvariantCulture,
            $"akka.actor.serialization-bindings.\"{type.FullName}, {type.Assembly.GetName().Name}\" = actorllm"))));

    private static Config Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"hocon/{file}")
            ?? throw new InvalidOperationException($"The resource hocon/{file} is missing from the build.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
