using ActorLlm.Chaos.Network;

namespace ActorLlm.Chaos.Tests.Network;

/// <summary>A test that makes network namespaces: skipped with its reason where the machine cannot, run or failed in CI as root.</summary>
public sealed class NamespacesFactAttribute : FactAttribute
{
    public NamespacesFactAttribute() => Skip = NodeNetwork.Missing() is { } missing ? $"Needs {missing}." : null;
}

public sealed class NodeNetworkTests : IAsyncLifetime
{
    // Nobody listens there: whoever is reached says so at once.
    private const int ClosedPort = 9;

    private NodeNetwork? _network;

    private NodeNetwork Network => _network!;

    public async Task InitializeAsync()
    {
        if (NodeNetwork.Missing() is null)
            _network = await NodeNetwork.CreateAsync(nodes: 3, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        if (_network is not null)
            await _network.DisposeAsync();
    }

    [NamespacesFact]
    public async Task A_split_keeps_two_nodes_from_each_other_and_from_nobody_else_until_it_is_healed()
    {
        Assert.True(await ReachesAsync(0, Network.AddressOf(1)));

        await Network.DeafenAsync(0, to: 1, CancellationToken.None);
        await Network.DeafenAsync(1, to: 0, CancellationToken.None);

        Assert.False(await ReachesAsync(0, Network.AddressOf(1)));
        Assert.True(await ReachesAsync(0, Network.AddressOf(2)));
        Assert.True(await ReachesAsync(0, Network.HostAddress));

        await Network.HealAsync();

        Assert.True(await ReachesAsync(0, Network.AddressOf(1)));
    }

    [NamespacesFact]
    public async Task An_isolated_node_reaches_nothing_until_it_is_healed()
    {
        await Network.IsolateAsync(0, CancellationToken.None);

        Assert.False(await ReachesAsync(0, Network.AddressOf(1)));
        Assert.False(await ReachesAsync(1, Network.AddressOf(0)));
        Assert.False(await ReachesAsync(0, Network.HostAddress));
        Assert.True(await ReachesAsync(1, Network.AddressOf(2)));

        await Network.HealAsync();

        Assert.True(await ReachesAsync(0, Network.AddressOf(1)));
        Assert.True(await ReachesAsync(0, Network.HostAddress));
    }

    /// <summary>Whether there is an answer to a connection attempt, be it a refusal. Packets that are dropped are answered by nothing.</summary>
    private async Task<bool> ReachesAsync(int node, string address)
    {
        var attempt = await CommandRunner.RunAsync([.. Network.Through(node), "timeout", "2", "bash", "-c", $"exec 3<>/dev/tcp/{address}/{ClosedPort}"]);
        return attempt.Output.Contains("refused", StringComparison.Ordinal);
    }
}
