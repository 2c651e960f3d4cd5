using System.CommandLine;
using System.Globalization;
using ActorLlm.Cli.Admin;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Inspect;

/// <summary><c>actorllm workers</c>, <c>actorllm shards</c> and <c>actorllm audit</c>.</summary>
internal static class LoadCommands
{
    private const int UsualLimit = 50;

    public static Command Workers(AdminLine line)
    {
        var command = line.Shows(new Command("workers", "Shows the workers: what they hold, how fast they are, and how their backends do."));
        command.SetAction((parsed, cancellationToken) => line.ShowAsync<WorkersPicture>(parsed, AdminApi.Workers, LoadText.Of, cancellationToken));
        return command;
    }

    public static Command Shards(AdminLine line)
    {
        var each = new Option<bool>("--each") { Description = "A row for each shard instead of one for each node" };
        var command = line.Shows(new Command("shards", "Shows where the conversations in memory live, and which shards moved lately.") { each });
        command.SetAction((parsed, cancellationToken) => line.ShowAsync<ShardsPicture>(
            parsed, AdminApi.Shards, (shards, view) => LoadText.Of(shards, view, parsed.GetValue(each)), cancellationToken));
        return command;
    }

    public static Command Audit(AdminLine line)
    {
        var limit = NumberOption.Create("--limit", "How many rows at most", 1, AuditEntry.MaxPage, UsualLimit);
        var before = new Option<long?>("--before") { Description = "Only rows before this one" };
        var command = line.Shows(new Command("audit", "Shows what was ordered at the admin endpoint, by whom, and what became of it. Ends with 1 where the log was changed.") { limit, before });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var query = new Query(AdminApi.Audit)
                .With("before", parsed.GetValue(before)?.ToString(CultureInfo.InvariantCulture))
                .With("limit", parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture));
            using var client = line.Client(parsed);
            var answer = await client.GetAsync(query.ToString(), cancellationToken);
            line.Show<AuditPage>(parsed, answer, AuditText.Of);
            var page = answer.Read<AuditPage>();
            if (!line.WantsJson(parsed) && page.Next is { } next) line.Terminal.Remark($"There are more: --before {next.ToString(CultureInfo.InvariantCulture)} shows the next page.");
            return page.Chain is { Intact: false } ? ExitCode.Failure : ExitCode.Success;
        });
        return command;
    }
}
