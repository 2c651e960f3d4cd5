using ActorLlm.Clients.Tests.Clients;
using ActorLlm.Clients.Tests.Support;
using ActorLlm.Testing;

namespace ActorLlm.Clients.Tests;

/// <summary>All clients at once, as it takes the whole cluster's database away: alone, after all other tests, it is the last to use the cluster.</summary>
[Collection(OutageTests.Alone)]
public sealed class OutageTests : IAsyncLifetime
{
    internal const string Alone = "outage";

    private ClientsCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ClientsCluster.SharedAsync();

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [OutageFact]
    public async Task Every_client_comes_back_by_itself_after_an_outage_of_the_database()
    {
        await _cluster.StopDatabaseAsync();
        Asking[] clients =
        [
            Asking.Start(refused => AskAsync(new OpenAISdk(), refused)),
            Asking.Start(refused => AskAsync(new ExtensionsAI(), refused)),
            .. NpmClientTests.ChecksOf.Keys.Select(program => Asking.Start(refused => AskAsync(program, refused))),
        ];
        try
        {
            await Task.WhenAll(clients.Select(client => Task.WhenAny(client.Refused, client.Ended)));
        }
        finally
        {
            await _cluster.StartDatabaseAsync();
        }

        await Task.WhenAll(clients.Select(client => client.Ended));
    }

    private async Task AskAsync(IClient client, Action refused)
    {
        var wire = new Wire(onAnswer: answer =>
        {
            if (answer.Status == 503)
                refused();
            return Task.CompletedTask;
        });

        var reply = await client.AskAsync(new ChatAsk(_cluster.Nodes[0], $"{client.Name}-outage") { Retries = 10, Through = wire });

        Assert.Contains($"{client.Name}-outage", reply.Text, StringComparison.Ordinal);
        wire.AssertRetried(503);
    }

    private async Task AskAsync(string program, Action refused)
    {
        var run = await _cluster.Npm.RunAsync(program, [NpmClientTests.Outage], line =>
        {
            if (line.TryGetProperty("refused", out _))
                refused();
        });

        run.AssertHeld(NpmClientTests.Outage);
    }

    /// <param name="Refused">Ends when a node refused the client.</param>
    /// <param name="Ended">Ends when the client got its reply, or throws.</param>
    private sealed record Asking(Task Refused, Task Ended)
    {
        public static Asking Start(Func<Action, Task> ask)
        {
            var refused = new TaskCompletionSource();
            return new Asking(refused.Task, ask(() => refused.TrySetResult()));
        }
    }

    /// <summary>Needs what npm's clients need, and a server that can be stopped.</summary>
    private sealed class OutageFactAttribute : FactAttribute
    {
        public OutageFactAttribute() => Skip = NpmTheoryAttribute.Reason ?? new PrivatePostgresFactAttribute().Skip;
    }
}

[CollectionDefinition(OutageTests.Alone, DisableParallelization = true)]
public sealed class OutageDefinition;
