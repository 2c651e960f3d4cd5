using System.CommandLine;
using ActorLlm.Cli.Admin;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Inspect;

/// <summary><c>actorllm approvals</c>: what modules ask a human, and the answers.</summary>
internal static class ApprovalsCommand
{
    public static Command Create(AdminLine line) => new("approvals", "Lists the approvals that turns wait for, and grants or refuses them.")
    {
        List(line),
        Decide(line, "grant", AdminApi.Grant, "Grants an approval: the turn that waits for it goes on.", "granted: its module goes on with it, and that cannot be taken back"),
        Decide(line, "refuse", AdminApi.Refuse, "Refuses an approval: the turn that waits for it goes on without it.", "refused: its module goes on without it, and that cannot be taken back"),
    };

    private static Command List(AdminLine line)
    {
        var tenant = new Option<string?>("--tenant") { Description = "Only this tenant's" };
        var command = line.Shows(new Command("list", "Lists the approvals that are waited for, those first that were asked for first.") { tenant });
        command.SetAction((parsed, cancellationToken) => line.ShowAsync<ApprovalsPicture>(
            parsed, new Query(AdminApi.Approvals).With("tenant", parsed.GetValue(tenant)).ToString(), ApprovalsText.Of, cancellationToken));
        return command;
    }

    private static Command Decide(AdminLine line, string word, string path, string description, string consequence)
    {
        var turn = new TurnLine();
        var step = new Argument<string>("step") { Description = "The key of its step, as the list shows it" };
        var note = new Option<string?>("--note") { Description = "What the module is told with it" };
        var consent = new Consent();
        var command = line.Shows(turn.Names(new Command(word, description) { note, consent.Yes }));
        command.Arguments.Add(step);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (order, key) = (turn.Order(parsed), parsed.GetRequiredValue(step));
            using var client = line.Client(parsed);
            consent.Ask(line.Terminal, parsed, $"The approval {key} of the turn {order.Turn} will be {consequence}.");
            var answer = await client.PostAsync(
                path, new ApprovalOrder(order.Turn, key, order.Conversation, order.Tenant, parsed.GetValue(note)), TimeSpan.Zero, cancellationToken);
            line.Show<TurnLife>(parsed, answer, TurnLifeText.Of);
            return ExitCode.Success;
        });
        return command;
    }
}
