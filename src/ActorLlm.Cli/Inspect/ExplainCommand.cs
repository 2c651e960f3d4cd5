using System.CommandLine;
using ActorLlm.Cli.Admin;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Inspect;

/// <summary><c>actorllm explain</c>: the whole life of a turn.</summary>
internal static class ExplainCommand
{
    public static Command Create(AdminLine line)
    {
        var turn = new TurnLine();
        var mermaid = new Option<bool>("--mermaid") { Description = "Draw it as a sequence diagram in Mermaid's language" };
        var command = line.Shows(turn.Names(new Command(
            "explain", "Shows the whole life of a turn: attempts with node and backend, times, tokens, what was repeated and why. Never its text.") { mermaid }));
        command.Validators.Add(result =>
        {
            if (result.GetValue(mermaid) && line.WantsJson(result)) result.AddError("--mermaid and --json are two forms of the same: give one of them.");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            var order = turn.Order(parsed);
            var query = new Query(AdminApi.Explain).With("turn", order.Turn).With("conversation", order.Conversation).With("tenant", order.Tenant);
            return line.ShowAsync<TurnLife>(parsed, query.ToString(), parsed.GetValue(mermaid) ? TurnSequence.Of : TurnLifeText.Of, cancellationToken);
        });
        return command;
    }
}
