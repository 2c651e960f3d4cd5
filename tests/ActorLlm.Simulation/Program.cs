using System.Diagnostics;
using System.Globalization;
using ActorLlm.Simulation.Running;

var first = ulong.Parse(args[0], CultureInfo.InvariantCulture);
var count = int.Parse(args[1], CultureInfo.InvariantCulture);
var canary = args.Length > 2 ? Enum.Parse<ActorLlm.Simulation.Canaries.Canary>(args[2]) : default;
var clock = Stopwatch.GetTimestamp();
var deliveries = 0L; var bad = 0; double virt = 0;
for (var seed = first; seed < first + (ulong)count; seed++)
{
    var result = SeedRun.Run(seed, canary, count == 1 ? Console.WriteLine : null);
    deliveries += result.Deliveries; virt += result.History.EndedAt;
    if (result.Violations.Count == 0) continue;
    if (bad++ < 10) Console.WriteLine($"seed {seed}: {result.Violations[0]} (+{result.Violations.Count - 1})");
}
var took = Stopwatch.GetElapsedTime(clock).TotalSeconds;
Console.WriteLine($"{count} seeds, {bad} bad, {count / took:0} seeds/s, {deliveries / count} deliveries each, {virt / count / 1000:0.0} virtual s");
