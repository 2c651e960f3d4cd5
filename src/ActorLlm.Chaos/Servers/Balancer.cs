using System.Net;

namespace ActorLlm.Chaos.Servers;

/// <summary>What a load balancer knows: it asks each node once a second whether it is ready, and sends requests to those that said so.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly NodeCluster _cluster;
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly PeriodicTimer _timer;
    private readonly Task _asking;
    private volatile Uri[] _ready;

    private Balancer(NodeCluster cluster, TimeProvider time)
    {
        _cluster = cluster;
        _ready = [.. cluster.Nodes.Select(node => node.Address)];
        _timer = new PeriodicTimer(Interval, time);
        _asking = AskAsync();
    }

    /// <summary>Starts asking.</summary>
    /// <param name="cluster">The nodes, all of them ready.</param>
    /// <param name="time">The clock.</param>
    public static Balancer Start(NodeCluster cluster, TimeProvider time) => new(cluster, time);

    /// <summary>The nodes that were ready when last asked; those that run where none was; else all.</summary>
    public IReadOnlyList<Uri> Ready() => _ready is { Length: > 0 } ready ? ready : Running();

    /// <summary>For a client that goes past the balancer: the nodes that run, ready or not.</summary>
    public IReadOnlyList<Uri> Running() =>
        _cluster.Nodes.Where(node => node.IsRunning).Select(node => node.Address).ToArray() is { Length: > 0 } running
            ? running
            : [.. _cluster.Nodes.Select(node => node.Address)];

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
            var answers = await Task.WhenAll(_cluster.Nodes.Select(node => IsReadyAsync(node.Address)));
            _ready = [.. _cluster.Nodes.Zip(answers).Where(pair => pair.Second).Select(pair => pair.First.Address)];
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
