using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ActorLlm.Cli.Admin;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Inspect;

/// <summary>The command line of <c>actorllm conversations</c>.</summary>
internal static class ConversationsCommand
{
    private const int UsualLimit = 50;

    public static Command Create(AdminLine line) => new("conversations", "Lists and shows conversations, and steers their turns.")
    {
        List(line), Show(line), Cancel(line), Requeue(line), Export(line),
    };

    private static Command List(AdminLine line)
    {
        var tenant = new Option<string?>("--tenant") { Description = "Only this tenant's" };
        var limit = NumberOption.Create("--limit", "How many at most", 1, ConversationFilter.MaxLimit, UsualLimit);
        var before = new Option<long?>("--before") { Description = "Where an earlier page said that the next one begins" };
        var command = line.Shows(new Command("list", "Lists conversations, those first that changed last.") { tenant, limit, before });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var query = new Query(AdminApi.Conversations)
                .With("tenant", parsed.GetValue(tenant))
                .With("before", parsed.GetValue(before)?.ToString(CultureInfo.InvariantCulture))
                .With("limit", parsed.GetValue(limit).ToString(CultureInfo.InvariantCulture));
            using var client = line.Client(parsed);
            var answer = await client.GetAsync(query.ToString(), cancellationToken);
            line.Show<ConversationPage>(parsed, answer, ConversationText.Of);
            if (!line.WantsJson(parsed) && answer.Read<ConversationPage>().Next is { } next) line.Terminal.Remark($"There are more: --before {next.ToString(CultureInfo.InvariantCulture)} shows the next page.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Show(AdminLine line)
    {
        var id = ConversationArgument();
        var command = line.Shows(new Command("show", "Shows a conversation and its latest turns.") { id });
        command.SetAction((parsed, cancellationToken) => line.ShowAsync<ConversationPicture>(
            parsed, new Query(AdminApi.Conversation).With("id", ConversationName.Full(parsed.GetRequiredValue(id))).ToString(), ConversationText.Of, cancellationToken));
        return command;
    }

    private static Command Cancel(AdminLine line)
    {
        var turn = new TurnLine();
        var consent = new Consent();
        var command = line.Shows(turn.Names(new Command("cancel", "Cancels a turn that has no outcome yet.") { consent.Yes }));
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var order = turn.Order(parsed);
            using var client = line.Client(parsed);
            consent.Ask(line.Terminal, parsed, $"The turn {order.Turn} will be cancelled: its reply is lost, and whoever waits for it gets an error.");
            var answer = await client.PostAsync(AdminApi.Cancel, order, TimeSpan.Zero, cancellationToken);
            line.Show<TurnLife>(parsed, answer, TurnLifeText.Of);
            if (answer.Read<TurnLife>().State == TurnState.Cancelled) return ExitCode.Success;
            line.Terminal.Remark("It had its outcome before: nothing was cancelled.");
            return ExitCode.Failure;
        });
        return command;
    }

    private static Command Requeue(AdminLine line)
    {
        var turn = new TurnLine();
        var consent = new Consent();
        var command = line.Reaches(turn.Names(new Command(
            "requeue", "Has what a failed or cancelled turn asked run again, as a new turn at the end of its conversation.") { consent.Yes }));
        var json = new Option<bool>("--json") { Description = "Print the endpoint's JSON" };
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var order = turn.Order(parsed);
            using var client = line.Client(parsed);
            consent.Ask(line.Terminal, parsed, $"What the turn {order.Turn} asked will run again, as a new turn; the model is paid for again.");
            var answer = await client.PostAsync(AdminApi.Requeue, order, TimeSpan.Zero, cancellationToken);
            line.Terminal.Output.WriteLine(parsed.GetValue(json) ? answer.Json : $"It runs again as the turn {answer.Read<RequeueAnswer>().Turn}.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Export(AdminLine line)
    {
        var id = ConversationArgument();
        var file = new Option<string?>("--output", "-o") { Description = "The file to write, which must not be there yet [default: the output]" };
        var command = line.Reaches(new Command("export", "Writes everything that a conversation holds, text included, as JSON lines. The audit log has a line for it.") { id, file });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = new Query(AdminApi.Export).With("id", ConversationName.Full(parsed.GetRequiredValue(id))).ToString();
            using var client = line.Client(parsed);
            if (parsed.GetValue(file) is not { } name)
            {
                await CopyAsync(client, path, () => line.Terminal.Output, cancellationToken);
                return ExitCode.Success;
            }

            // Asked before the node is, which writes every export into its audit log.
            if (File.Exists(name)) throw new UserErrorException($"{name} is there already, and an export overwrites nothing: name another file, or take that one away.");
            StreamWriter? writer = null;
            try
            {
                // Where there is nothing to write, there is no file.
                var turns = await CopyAsync(client, path, () => writer ??= new StreamWriter(new FileStream(name, FileMode.CreateNew, FileAccess.Write)), cancellationToken);
                line.Terminal.Output.WriteLine($"{turns} turn{(turns == 1 ? "" : "s")} written to {name}.");
            }
            finally
            {
                if (writer is not null) await writer.DisposeAsync();
            }

            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Copies an export, whose first line tells how many turns follow.</summary>
    private static async Task<int> CopyAsync(AdminClient client, string path, Func<TextWriter> output, CancellationToken cancellationToken)
    {
        int? expected = null;
        var turns = 0;
        var url = await client.CopyAsync(
            path,
            async line =>
            {
                if (expected is null) expected = JsonSerializer.Deserialize<ExportedConversation>(line, AdminApi.Json)?.Turns ?? 0;
                else turns++;
                await output().WriteLineAsync(line.AsMemory(), cancellationToken);
            },
            cancellationToken);
        return turns == expected ? turns : throw new UserErrorException($"{AdminProblem.Name(url)} broke off after {turns} of {expected ?? 0} turns: what was written is not whole. Try again.");
    }

    private static Argument<string> ConversationArgument() =>
        new("conversation") { Description = "Its id, tenant/name; a name alone is one of the tenant default" };
}
