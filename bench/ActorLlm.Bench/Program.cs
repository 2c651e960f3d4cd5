using System.CommandLine;
using ActorLlm.Bench;

var rounds = new Option<int>("--rounds") { Description = "Interleaved rounds; medians are reported.", DefaultValueFactory = _ => 3 };
var seconds = new Option<int>("--seconds") { Description = "Measured seconds in each run.", DefaultValueFactory = _ => 10 };
var only = new Option<string>("--only") { Description = "Scenarios whose name contains this.", DefaultValueFactory = _ => "" };
var subjects = new Option<string>("--subjects") { Description = "Subjects whose name contains this.", DefaultValueFactory = _ => "" };
var report = new Option<string?>("--report") { Description = "File to write the table to." };
var telemetry = new Option<bool>("--telemetry") { Description = "ActorLlm alone, without and with somebody who listens: what telemetry costs." };
var command = new RootCommand("Durable turns: ActorLlm beside a naive persistent actor and hand-written group-committed inserts, in one run.") { rounds, seconds, only, subjects, telemetry, report };
command.SetAction(async (parsed, cancelled) =>
{
    var table = await Scenarios.RunAsync(new BenchRequest(
        parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(only)!, parsed.GetValue(subjects)!, parsed.GetValue(telemetry)));
    Console.WriteLine(table);
    if (parsed.GetValue(report) is { } file) await File.WriteAllTextAsync(file, table, cancelled);
    return 0;
});
return await command.Parse(args).InvokeAsync();
