using System.CommandLine;
using ActorLlm.Chaos.Faults;
using ActorLlm.Chaos.Servers;
using Npgsql;

namespace ActorLlm.Chaos;

/// <summary>The part of the command line that describes a cluster of the user's own.</summary>
internal sealed class ClusterLine
{
    /// <summary>The option of the key that requests bring.</summary>
    public const string ApiKeyOption = "--api-key";

    /// <summary>The environment variable that the key is read from without the option: other users see a command line.</summary>
    public const string ApiKeyVariable = "ACTORLLM_API_KEY";

    private readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "Addresses of the nodes of a running cluster, with commas between them, instead of starting one: http://host1:8080,http://host2:8080",
    };

    private readonly Option<string?> _postgres = new("--postgres") { Description = "With --cluster: Npgsql's connection string to its database" };
    private readonly Option<string?> _model = new("--model") { Description = "With --cluster: the model that requests name [default: the cluster's]" };
    private readonly Option<string?> _apiKey = new(ApiKeyOption) { Description = $"With --cluster: the API key that requests bring [default: {ApiKeyVariable}, if set]" };
    private readonly Option<string?> _faultCommand = new("--fault-command")
    {
        Description = "With --cluster: a program of yours, called as PROGRAM inject N and PROGRAM heal N",
    };

    public IEnumerable<Option> Options => [_cluster, _postgres, _apiKey, _model, _faultCommand];

    /// <summary>What is described; null for no such cluster. Asked when nothing was found wrong.</summary>
    public GivenClusterOptions? Read(ParseResult parsed) => parsed.GetValue(_cluster) is not { } cluster ? null
        : new GivenClusterOptions(Nodes(cluster)!, parsed.GetValue(_postgres)!)
        {
            ApiKey = ApiKey(parsed.GetValue(_apiKey)),
            Model = parsed.GetValue(_model),
            FaultCommand = parsed.GetValue(_faultCommand) is { } program ? Program(program) : null,
        };

    /// <summary>Adds what is wrong.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="faults">The faults asked for by name; null for none in particular.</param>
    /// <param name="nodes">Whether a number of nodes to start is given.</param>
    public void Validate(System.CommandLine.Parsing.CommandResult line, IReadOnlyList<FaultKind>? faults, bool nodes)
    {
        if (Problem(line, faults, nodes) is { } problem)
            line.AddError(problem);
    }

    private string? Problem(System.CommandLine.Parsing.CommandResult line, IReadOnlyList<FaultKind>? faults, bool nodes)
    {
        var asksForCommand = faults?.Any(kind => kind.Needs.HasFlag(Needs.FaultCommand)) == true;
        var program = line.GetValue(_faultCommand);
        if (line.GetValue(_cluster) is not { } cluster)
        {
            return Options.Skip(1).FirstOrDefault(option => line.GetResult(option) is not null) is { } alone
                ? $"{alone.Name} describes a running cluster: give its nodes with --cluster too."
                : asksForCommand ? "--faults command is for a running cluster: give --cluster, --postgres and --fault-command too." : null;
        }
        if (Nodes(cluster) is null)
            return $"--cluster is '{cluster}': give addresses such as http://host1:8080, with commas between them.";
        if (nodes)
            return "--nodes says how many nodes are started, and with --cluster none is: leave one of them out.";
        if (Unreadable(line.GetValue(_postgres)) is { } unreadable)
            return unreadable;
        if (ApiKey(line.GetValue(_apiKey)) is { } key && key.AsSpan().IndexOfAnyExceptInRange('!', '~') is >= 0 and var at)
            return $"{ApiKeyOption}, or {ApiKeyVariable}, has a character at position {at} that no key has: give letters, digits and signs without spaces.";
        if (program is not null && Program(program) is null)
            return $"--fault-command is '{program}', which is not there: give the path of a program, or the name of one on the PATH.";
        if (program is null && asksForCommand)
            return "--faults command needs a program: give it with --fault-command.";
        string[] impossible = [.. (faults ?? []).Where(kind => kind.Needs.HasFlag(Needs.OwnServers)).Select(kind => kind.Name)];
        return impossible.Length == 0 ? null
            : $"--faults: {string.Join(", ", impossible)} cannot be injected into a cluster that was not started here: give some of {string.Join(", ", FaultCatalog.ForAnyCluster.Select(kind => kind.Name))}.";
    }

    private static string? Unreadable(string? postgres)
    {
        if (string.IsNullOrWhiteSpace(postgres))
            return "--cluster needs the database too, to check what is stored: give --postgres \"Host=...;Username=...;Password=...;Database=...\".";
        try
        {
            _ = new NpgsqlConnectionStringBuilder(postgres);
            return null;
        }
        catch (ArgumentException error)
        {
            return $"--postgres cannot be read as a connection string of Npgsql: {error.Message}";
        }
    }

    private static string? ApiKey(string? given) =>
        (string.IsNullOrEmpty(given) ? Environment.GetEnvironmentVariable(ApiKeyVariable) : given) is { Length: > 0 } key ? key : null;

    private static List<Uri>? Nodes(string cluster)
    {
        var nodes = new List<Uri>();
        foreach (var text in cluster.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var node) || node.Scheme is not ("http" or "https"))
                return null;
            nodes.Add(node);
        }
        return nodes.Count == 0 ? null : nodes;
    }

    private static string? Program(string program) =>
        program.Contains(Path.DirectorySeparatorChar) ? (File.Exists(program) ? Path.GetFullPath(program) : null) : CommandRunner.FindOnPath(program);
}
