using System.CommandLine;
using ActorLlm.Cli.Admin;
using ActorLlm.Inspection;

namespace ActorLlm.Cli.Inspect;

/// <summary><c>actorllm drain</c>: empties a node's worker before the node is stopped, or takes that back.</summary>
internal static class DrainCommand
{
    public static Command Create(AdminLine line)
    {
        var node = NodeArgument.Create(line);
        var undo = new Option<bool>("--undo") { Description = "Let the worker take attempts again" };
        var patience = NumberOption.Create("--patience", "Seconds to wait until the worker is empty", 0, AdminApi.MaxPatienceSeconds, 60);
        var json = new Option<bool>("--json") { Description = "Print the endpoint's JSON" };
        var command = line.Reaches(new Command(
            "drain", "Has a node's worker take no new attempts and waits until it holds none: then the node may be stopped and nothing is repeated.")
        {
            node, undo, patience, json,
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var order = new NodeOrder(parsed.GetRequiredValue(node), parsed.GetValue(patience));
            using var client = line.Client(parsed);
            if (parsed.GetValue(undo))
            {
                var resumed = await client.PostAsync(AdminApi.Resume, order, TimeSpan.Zero, cancellationToken);
                line.Terminal.Output.WriteLine(parsed.GetValue(json) ? resumed.Json : $"{order.Node} takes attempts again.");
                return ExitCode.Success;
            }

            var answer = await client.PostAsync(AdminApi.Drain, order, TimeSpan.FromSeconds(order.PatienceSeconds), cancellationToken);
            var isEmpty = answer.Read<DrainAnswer>().Empty;
            line.Terminal.Output.WriteLine(
                parsed.GetValue(json) ? answer.Json
                : isEmpty ? $"{order.Node} is drained: its worker holds nothing, and the node may be stopped."
                : $"{order.Node} still holds attempts after {order.PatienceSeconds} s; it takes no new ones. Give the command again to wait longer; --undo takes it back.");
            return isEmpty ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}
