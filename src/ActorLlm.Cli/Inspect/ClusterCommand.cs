using System.CommandLine;
using System.CommandLine.Completions;
using ActorLlm.Cli.Admin;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Inspect;

/// <summary>The command line of <c>actorllm cluster</c>: its members, seen once or all the time, and how one is put out.</summary>
internal static class ClusterCommand
{
    public static Command Create(AdminLine line) => new("cluster", "Shows the members of the cluster, and has one leave.")
    {
        Show(line),
        WatchCommand.Create(line),
        Order(
            line, "leave", "Has a node finish or hand over what it does, leave the cluster and end.", AdminApi.Leave,
            node => $"{node} will leave the cluster and its process will end.", "leaves the cluster"),
        Order(
            line, "down", "Declares a node dead that does not answer: others take over its conversations at once. A live one ends itself.", AdminApi.Down,
            node => $"{node} will be declared dead: others take over at once, and where it still lives it ends.", "is declared dead"),
    };

    private static Command Show(AdminLine line)
    {
        var command = line.Shows(new Command("show", "Shows the members, as one node sees them."));
        command.SetAction((parsed, cancellationToken) => line.ShowAsync<ClusterPicture>(parsed, AdminApi.Cluster, ClusterText.Of, cancellationToken));
        return command;
    }

    private static Command Order(AdminLine line, string name, string description, string path, Func<string, string> consequence, string done)
    {
        var node = NodeArgument.Create(line);
        var consent = new Consent();
        var command = line.Reaches(new Command(name, description) { node, consent.Yes });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var named = parsed.GetRequiredValue(node);
            using var client = line.Client(parsed);
            consent.Ask(line.Terminal, parsed, consequence(named));
            await client.PostAsync(path, new NodeOrder(named), TimeSpan.Zero, cancellationToken);
            line.Terminal.Output.WriteLine($"{named} {done}. actorllm cluster watch shows it.");
            return ExitCode.Success;
        });
        return command;
    }
}

/// <summary>The argument that names a node.</summary>
internal static class NodeArgument
{
    // A shell that completes a line waits for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public static Argument<string> Create(AdminLine line) => new("node")
    {
        Description = "The node, host:port, as cluster show names it",
        HelpName = "node",
        // The help asks as well, where no line is typed.
        CompletionSources = { context => context is TextCompletionContext ? Members(line, context.ParseResult) : [] },
    };

    private static IEnumerable<string> Members(AdminLine line, ParseResult parsed)
    {
        using var client = new AdminClient(line.Urls(parsed), line.Key(parsed));
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            // The library asks for suggestions in no other way than this.
            var answer = Task.Run(() => client.GetAsync(AdminApi.Cluster, limit.Token)).GetAwaiter().GetResult();
            return answer.Read<ClusterPicture>().Members.Select(member => member.Node);
        }
        catch (Exception problem) when (problem is UserErrorException or OperationCanceledException)
        {
            return [];
        }
    }
}
