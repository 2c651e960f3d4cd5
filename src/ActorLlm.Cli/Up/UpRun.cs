using System.Net.Http.Json;
using System.Text.Json;

namespace ActorLlm.Cli.Up;

/// <summary>One run of <c>actorllm up</c>: starts the database and the nodes, watches them, and ends them all.</summary>
/// <param name="output">Where progress is told; made safe for several threads here.</param>
public sealed class UpRun(TextWriter output)
{
    private static readonly TimeSpan FormationDeadline = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ModelsTimeout = TimeSpan.FromSeconds(5);

    private readonly TextWriter _output = TextWriter.Synchronized(output);

    // While nodes come and leave one after the other they warn of each other: that is no news, and it is in their logs.
    private volatile bool _formed;

    /// <summary>Runs until the token is cancelled, which ends everything in order, or until no node is left.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="UserErrorException">Something could not be started; what had been started is ended.</exception>
    public async Task<int> RunAsync(UpOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        RefuseTakenPorts(options);
        MakeDataFolder(options.DataFolder);
        try
        {
            await using var database = await UpDatabase.OpenAsync(options, _output, cancellationToken);
            return await RunNodesAsync(options, database.ConnectionString, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _output.WriteLine("Stopped before the cluster was formed.");
            return ExitCode.Success;
        }
    }

    private static void RefuseTakenPorts(UpOptions options)
    {
        foreach (var (option, first) in options.FirstPorts)
        {
            var taken = Enumerable.Range(first, options.Nodes).Where(LoopbackPorts.IsTaken).ToArray();
            if (taken.Length > 0)
                throw new UserErrorException($"Port {string.Join(", ", taken)} is in use by another program: end that one, or name another first port with {option}.");
        }
    }

    private static void MakeDataFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The folder of --data, {Path.GetFullPath(folder)}, cannot be made ({problem.Message}): name one that can.", innerException: problem);
        }
    }

    private async Task<int> RunNodesAsync(UpOptions options, string postgres, CancellationToken cancellationToken)
    {
        var plans = NodePlan.For(options, postgres, ProductAssembly.Find("ActorLlm.Node"), Environment.GetEnvironmentVariable("OPENAI_API_KEY"));
        var nodes = new List<ServerProcess>();
        try
        {
            foreach (var plan in plans)
                nodes.Add(Start(plan));
            _output.WriteLine($"Starting {plans.Count} node{(plans.Count == 1 ? "" : "s")}; logs are in {Path.GetFullPath(options.DataFolder)}.");
            await WaitFormedAsync(plans, nodes, cancellationToken);
            _formed = true;
            await TellAddressesAsync(plans, nodes, cancellationToken);
            return await WatchAsync(plans, nodes, cancellationToken);
        }
        finally
        {
            await StopAllAsync(nodes);
        }
    }

    private ServerProcess Start(NodePlan plan)
    {
        // Each run has logs of its own.
        if (File.Exists(plan.Start.LogFile))
            File.Delete(plan.Start.LogFile);
        var filter = new WarningFilter();
        return ServerProcess.Start(plan.Start with
        {
            OnLine = line =>
            {
                if (filter.IsShown(line) && _formed)
                    _output.WriteLine($"[{plan.Name}] {line}");
            },
        });
    }

    private async Task WaitFormedAsync(IReadOnlyList<NodePlan> plans, List<ServerProcess> nodes, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = plans.Zip(nodes, async (plan, node) =>
        {
            await node.WaitHealthyAsync(new Uri(plan.Address, "healthz/ready"), FormationDeadline, giveUp.Token);
            return plan;
        });
        try
        {
            var ready = 0;
            await foreach (var wait in Task.WhenEach(waits))
                _output.WriteLine($"{(await wait).Name} is ready ({++ready} of {plans.Count}).");
        }
        finally
        {
            // The first node that fails ends the wait for the others.
            await giveUp.CancelAsync();
        }
    }

    private async Task TellAddressesAsync(IReadOnlyList<NodePlan> plans, List<ServerProcess> nodes, CancellationToken cancellationToken)
    {
        _output.WriteLine();
        _output.WriteLine(plans.Count == 1
            ? "The cluster is formed: one node."
            : $"The cluster is formed: {plans.Count} nodes, and any of them takes any request.");
        foreach (var (plan, node) in plans.Zip(nodes))
            _output.WriteLine($"  {plan.Name}  {plan.Address}  (process {node.Id}, cluster port {plan.ClusterPort}, admin port {plan.AdminPort})");
        var model = await FirstModelAsync(plans[0].Address, cancellationToken);
        _output.WriteLine("Try it:");
        _output.WriteLine($"  curl {plans[^1].Address}v1/chat/completions -H 'Content-Type: application/json' \\");
        _output.WriteLine($"    -d '{{\"model\":\"{model}\",\"messages\":[{{\"role\":\"user\",\"content\":\"Hello\"}}]}}'");
        _output.WriteLine("Ctrl-C stops all of it.");
    }

    private static async Task<string> FirstModelAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new HttpClient { Timeout = ModelsTimeout };
            var answer = await client.GetFromJsonAsync<JsonElement>(new Uri(address, "v1/models"), cancellationToken);
            return answer.GetProperty("data")[0].GetProperty("id").GetString() ?? "default";
        }
        catch (Exception problem) when (problem is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException or IndexOutOfRangeException)
        {
            // Only the example is poorer for it.
            cancellationToken.ThrowIfCancellationRequested();
            return "default";
        }
    }

    private async Task<int> WatchAsync(IReadOnlyList<NodePlan> plans, List<ServerProcess> nodes, CancellationToken cancellationToken)
    {
        var ends = plans.Zip(nodes, (plan, node) => TellUnexpectedEndAsync(plan, node, nodes, cancellationToken)).ToArray();
        try
        {
            await Task.WhenAll(ends).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Success;
        }
        _output.WriteLine("No node is left.");
        return ExitCode.Failure;
    }

    private async Task TellUnexpectedEndAsync(NodePlan plan, ServerProcess node, List<ServerProcess> nodes, CancellationToken stopping)
    {
        var exitCode = await node.Exited;
        if (stopping.IsCancellationRequested) return;
        var left = nodes.Count(other => !other.Exited.IsCompleted);
        var others = left == 0 ? "" : $" {left} of {nodes.Count} go on; it is not started again until all are, by this command.";
        _output.WriteLine($"{plan.Name} ended (exit code {exitCode}).{others} What it wrote is in {plan.Start.LogFile}.");
    }

    private async Task StopAllAsync(List<ServerProcess> nodes)
    {
        _formed = false;
        var running = nodes.Where(node => !node.Exited.IsCompleted).ToArray();
        if (running.Length > 0)
            _output.WriteLine($"Stopping {running.Length} node{(running.Length == 1 ? "" : "s")} ...");
        // The first is the oldest, which holds the cluster's singletons: when it leaves last, none of them has to be handed to a
        // node that leaves as well, which would be waited for in vain.
        await Task.WhenAll(running.Skip(1).Select(StopAsync));
        await Task.WhenAll(running.Take(1).Select(StopAsync));
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    private async Task StopAsync(ServerProcess node)
    {
        var exitCode = await node.StopAsync(StopGrace);
        _output.WriteLine(exitCode is { } code
            ? $"{node.Name} ended with exit code {code}."
            : $"{node.Name} did not end within {StopGrace.TotalSeconds:0} s and was killed.");
    }
}
