using System.Net;

namespace ActorLlm.Chaos.Servers;

/// <summary>What a load balancer knows: it asks each node once a second whether it is ready, and sends requests to those that said so.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IServers _servers;
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly PeriodicTimer _timer;
    private readonly Task _asking;
    private volatile Uri[] _ready;

    private Balancer(IServers servers)
    {
        _servers = servers;
        _ready = [.. servers.Nodes];
        _timer = new PeriodicTimer(Interval, servers.Time);
        _asking = AskAsync();
    }

    /// <summary>Starts asking.</summary>
    /// <param name="servers">The nodes, all of them ready.</param>
    public static Balancer Start(IServers servers) => new(servers);

    /// <summary>The nodes that were ready when last asked; those that run where none was; else all.</summary>
    public IReadOnlyList<Uri> Ready() => _ready is { Length: > 0 } ready ? ready : Running();

    /// <summary>For a client that goes past the balancer: the nodes that run, ready or not.</summary>
    public IReadOnlyList<Uri> Running() => _servers.Running;

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _asking;
        _http.Dispose();
    }

    private async Task AskAsync()
    {
        while (await _timer.WaitForNextTickAsync())
        {
            var nodes = _servers.Nodes;
            var answers = await Task.WhenAll(nodes.Select(IsReadyAsync));
            _ready = [.. nodes.Zip(answers).Where(pair => pair.Second).Select(pair => pair.First)];
        }
    }

    private async Task<bool> IsReadyAsync(Uri address)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(address, "healthz/ready"));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
