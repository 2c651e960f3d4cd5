using System.CommandLine;
using System.Text.Json;
using ActorLlm.Cli.Admin;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Inspect;

/// <summary><c>actorllm capacity</c>: the load as it was measured beside what queueing theory says of it; or the theory alone.</summary>
internal static class CapacityCommand
{
    public static Command Create(AdminLine line)
    {
        var plan = new Option<CapacityPlan?>("--what-if")
        {
            Description = $"Reckons on paper, without a cluster: {CapacityPlan.Example}. service and p99 are seconds, p99 the wait that 99 of 100 are not to exceed",
            HelpName = "load",
            CustomParser = result =>
            {
                try
                {
                    return CapacityPlan.Read(result.Tokens.Single().Value);
                }
                catch (FormatException problem)
                {
                    result.AddError($"--what-if: {problem.Message}");
                    return null;
                }
            },
        };
        var command = line.Shows(new Command("capacity", "Shows the load and the places for it: rate, service time, waits, Little's law, and what M/M/c and M/G/c say.") { plan });
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(plan) is not { } asked) return line.ShowAsync<CapacityPicture>(parsed, AdminApi.Capacity, CapacityText.Of, cancellationToken);
            if (line.WantsJson(parsed)) line.Terminal.Output.WriteLine(JsonSerializer.Serialize(asked, AdminApi.Json));
            else line.Terminal.Show(CapacityText.Of(asked, line.View(parsed)));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
