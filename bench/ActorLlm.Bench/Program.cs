using System.CommandLine;
using ActorLlm.Bench;
using ActorLlm.Bench.Capacity;
using ActorLlm.Bench.Inspection;

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

var times = new Option<int>("--times") { Description = "How often each question is asked.", DefaultValueFactory = _ => 200 };
var hot = new Option<int>("--hot-turns") { Description = "Turns of the one conversation that fills the end of the journal; each has two rows.", DefaultValueFactory = _ => 400_000 };
var inspection = new Command("inspection", "How long an operator waits for a list of conversations and for the life of a turn.") { times, hot, report };
inspection.SetAction(async (parsed, cancelled) =>
{
    var table = await InspectionBench.RunAsync(parsed.GetValue(times), parsed.GetValue(hot));
    Console.WriteLine(table);
    if (parsed.GetValue(report) is { } file) await File.WriteAllTextAsync(file, table, cancelled);
});
command.Add(inspection);

var minute = new Option<int>("--seconds") { Description = "Measured seconds in each run, after 12 s that are not; the cluster itself tells of the last 60.", DefaultValueFactory = _ => 60 };
var capacity = new Command("capacity", "How long turns wait for a place, as measured and as M/G/c says: ten groups of places, 1000 and 2000 turns a second at random, 0.1 s each.") { minute, only, report };
capacity.SetAction(async (parsed, cancelled) =>
{
    var table = await CapacityBench.RunAsync(TimeSpan.FromSeconds(parsed.GetValue(minute)), parsed.GetValue(only)!);
    Console.WriteLine(table);
    if (parsed.GetValue(report) is { } file) await File.WriteAllTextAsync(file, table, cancelled);
});
command.Add(capacity);
return await command.Parse(args).InvokeAsync();
