using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using ActorLlm.Chaos.Checking;
using ActorLlm.Chaos.Journal;
using Npgsql;

namespace ActorLlm.Chaos.Servers;

/// <summary>A cluster that was there before the run and stays when it is over. Nothing of it is started or ended here.</summary>
internal sealed class GivenCluster : IServers
{
    private const string LastRow = "SELECT coalesce(max(ordering), 0) FROM actorllm_journal";
    private const string TenantOfProbe =
        "SELECT split_part(persistence_id, '/', 2) FROM actorllm_journal WHERE ordering > $1 AND persistence_id LIKE 'conversation/%/' || $2 LIMIT 1";

    private const string Probe = "Are you there? [[reply tokens=6]]";
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(500);

    private readonly GivenClusterOptions _options;
    private readonly HttpClient _http;
    private readonly NpgsqlDataSource _database;
    private readonly string _run = $"chaos-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
    private int _commands;

    private GivenCluster(GivenClusterOptions options, TimeProvider time)
    {
        (_options, Time) = (options, time);
        _http = new HttpClient { DefaultRequestHeaders = { Authorization = options.ApiKey is { } key ? new("Bearer", key) : null } };
        _database = NpgsqlDataSource.Create(options.Postgres);
    }

    public TimeProvider Time { get; }

    public IReadOnlyList<Uri> Nodes => _options.Nodes;

    public IReadOnlyList<Uri> Running => _options.Nodes;

    public string Database => _options.Postgres;

    public JournalScope Scope { get; private set; } = null!;

    public string? ApiKey => _options.ApiKey;

    public string? Model => _options.Model;

    public bool HasSimulatedModel { get; private set; }

    private string ProbeName => $"probe-{_run}";

    /// <summary>The user's program.</summary>
    public string FaultCommand => _options.FaultCommand!;

    /// <summary>Makes sure that the cluster and its database answer and belong together, by one turn that is no part of the run.</summary>
    /// <exception cref="UserErrorException">One of them does not answer, or they do not belong together.</exception>
    public static async Task<GivenCluster> ConnectAsync(GivenClusterOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var cluster = new GivenCluster(options, time);
        try
        {
            await cluster.WaitReadyAsync(AnswerDeadline, cancellationToken);
            var before = await cluster.LastRowAsync(cancellationToken);
            cluster.HasSimulatedModel = await cluster.AskAsync(cancellationToken) == new ReplyOracle().Reply([], Probe);
            var since = await cluster.LastRowAsync(cancellationToken);
            cluster.Scope = new JournalScope(await cluster.TenantOfProbeAsync(before, cancellationToken), cluster._run + "-", since);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The number of the next call of the user's program, from 1.</summary>
    public int NextCommand() => ++_commands;

    // Its nodes may be on machines with other clocks than this one's.
    public bool IsComparable(DateTimeOffset written) => false;

    public Task WaitReadyAsync(TimeSpan deadline, CancellationToken cancellationToken) =>
        Task.WhenAll(Nodes.Select(node => WaitReadyAsync(node, deadline, cancellationToken)));

    public Task<ServersReport> ReportAsync(CancellationToken cancellationToken) => Task.FromResult(new ServersReport(null, [], null));

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return _database.DisposeAsync();
    }

    private async Task WaitReadyAsync(Uri node, TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(deadline, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var problem = "nothing";
        try
        {
            while (true)
            {
                try
                {
                    using var response = await _http.GetAsync(new Uri(node, "healthz/ready"), either.Token);
                    if (response.IsSuccessStatusCode)
                        return;
                    problem = $"status {(int)response.StatusCode}";
                }
                catch (HttpRequestException error)
                {
                    problem = error.Message;
                }
                await Task.Delay(ReadyPoll, Time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unusable($"--cluster: {node} was not ready within {deadline.TotalSeconds} s; GET {node}healthz/ready said: {problem}. Give the addresses at which the nodes take requests.");
        }
    }

    private async Task<long> LastRowAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = _database.CreateCommand(LastRow);
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (NpgsqlException error)
        {
            throw Unusable($"--postgres: the nodes' journal cannot be read: {error.Message.Split('\n')[0]}. Give the connection string that the nodes have as ActorLlm:Postgres.", error);
        }
    }

    // Only the nodes know whose key it is, and the journal what they made of it.
    private async Task<string> TenantOfProbeAsync(long after, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(TenantOfProbe);
        command.Parameters.AddWithValue(after);
        command.Parameters.AddWithValue(ProbeName);
        return (string?)await command.ExecuteScalarAsync(cancellationToken)
            ?? throw Unusable("--postgres: the journal there has nothing of a turn that the nodes of --cluster answered: give the connection string of their database.");
    }

    private async Task<string> AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ProbeDeadline, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Nodes[0], "v1/chat/completions"))
        {
            Headers = { { "X-Conversation-Id", ProbeName }, { "Idempotency-Key", ProbeName } },
            Content = JsonContent.Create(new { model = Model, messages = new[] { new { role = "user", content = Probe } } }, options: TurnJson.Options),
        };
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            if (response.StatusCode == HttpStatusCode.Unauthorized)
                throw Unusable($"--cluster: {Nodes[0]} asks for another API key than it got: give one that it knows with {ClusterLine.ApiKeyOption} or in {ClusterLine.ApiKeyVariable}.");
            if (!response.IsSuccessStatusCode)
                throw Unusable($"--cluster: {Nodes[0]} answered a first turn with status {(int)response.StatusCode}: {body.ReplaceLineEndings(" ")}");
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString() ?? "";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unusable($"--cluster: {Nodes[0]} did not answer a first turn within {ProbeDeadline.TotalSeconds} s: look whether its model answers.");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or KeyNotFoundException)
        {
            throw Unusable($"--cluster: {Nodes[0]} did not answer a first turn: {error.Message}", error);
        }
    }

    private static UserErrorException Unusable(string message, Exception? cause = null) => new(message, ExitCode.Usage, cause);
}
