using System.CommandLine;
using ActorLlm.BridgeRun;
using ActorLlm.Processes;

var kills = NumberOption.Create("--kills", "How often the bridge's node is killed", 0, 10_000, 2);
var restarts = NumberOption.Create("--broker-restarts", "How often the broker is ended and started again", 0, 10_000, 1);
var messages = NumberOption.Create("--messages", "How many messages are sent", 1, 10_000_000, 300);
var report = new Option<string?>("--report") { Description = "File for the report, in Markdown" };
var command = new RootCommand("Kills the node of the RabbitMQ bridge, and the broker, under messages; sees that each message has its reply, and one turn.")
{
    kills, restarts, messages, report,
};
command.SetAction(async (parsed, cancelled) =>
{
    var result = await new Run(
        new RunOptions(parsed.GetValue(kills), parsed.GetValue(restarts), parsed.GetValue(messages)), Console.Out).RunAsync(cancelled);
    var page = result.Write();
    Console.Write(page);
    if (parsed.GetValue(report) is { } file) await File.WriteAllTextAsync(file, page, CancellationToken.None);
    return result.Problems.Count == 0 ? ExitCode.Success : ExitCode.Failure;
});
try
{
    return await command.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UserErrorException error)
{
    await Console.Error.WriteLineAsync(error.Message);
    return error.ExitCode;
}
