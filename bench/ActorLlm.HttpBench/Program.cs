using System.CommandLine;
using ActorLlm.HttpBench;

var report = new Option<string?>("--report") { Description = "File to write the table to." };
var requests = new Option<int>("--requests") { Description = "Requests of each kind to each subject.", DefaultValueFactory = _ => 2000 };
var subjects = new Option<string>("--subjects") { Description = "Ways to the model whose name contains this, beside nginx.", DefaultValueFactory = _ => "" };
var latency = new Command("latency", "What each way to the model adds to it, one request at a time.") { requests, subjects, report };
latency.SetAction(async (parsed, cancelled) => await WriteAsync(
    await Latency.RunAsync(parsed.GetValue(requests), parsed.GetValue(subjects)!), parsed.GetValue(report), cancelled));

var streams = new Option<int>("--streams") { Description = "Streams at once.", DefaultValueFactory = _ => 1000 };
var minutes = new Option<double>("--minutes") { Description = "Measured minutes.", DefaultValueFactory = _ => 10 };
var durability = new Option<string>("--durability") { Description = "None, Batched or EveryChunk; or Direct, for streams that are not stored.", DefaultValueFactory = _ => "Batched" };
durability.AcceptOnlyFromAmong("None", "Batched", "EveryChunk", "Direct");
var many = new Command("streams", "Many streams of 20 tokens a second at once: their gaps, and the node's memory.") { streams, minutes, durability, report };
many.SetAction(async (parsed, cancelled) => await WriteAsync(
    await ManyStreams.RunAsync(parsed.GetValue(streams), TimeSpan.FromMinutes(parsed.GetValue(minutes)), parsed.GetValue(durability)!),
    parsed.GetValue(report), cancelled));

var root = new RootCommand("The HTTP face of a node: beside the model itself, nginx and another gateway, and under many streams.") { latency, many };
return await root.Parse(args).InvokeAsync();

static async Task WriteAsync(string table, string? file, CancellationToken cancelled)
{
    Console.WriteLine(table);
    if (file is not null) await File.WriteAllTextAsync(file, table, cancelled);
}
