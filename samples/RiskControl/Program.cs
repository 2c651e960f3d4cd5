// Financial risk control: a stream of transactions in, decisions, a report, and alerts that are lost by no kill of this program.
//   dotnet run --project samples/RiskControl                 the transactions that come with it
//   dotnet run --project samples/RiskControl -- FILE.jsonl   others, a JSON object on each line
using System.Collections.Concurrent;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using Microsoft.Extensions.DependencyInjection;
using RiskControl;
using Samples;

const string Sample = "RiskControl";
// Fewer than a conversation takes unfinished: with more, the stream would have to wait for single accounts.
const int InFlight = 50;

if (args.Length > 1)
{
    Console.Error.WriteLine("usage: RiskControl [FILE.jsonl]");
    return 2;
}

var builder = SampleHost.Create(Sample);
builder.AddActorLlm();
builder.Services.AddModule<RiskModule>(RiskModule.Name);
using var host = builder.Build();
await host.StartAsync();

var conversations = host.Services.GetRequiredService<IConversations>();
var alerts = new AlertQueue(SampleHost.DataFile(Sample, "alerts.db"));
var rulings = new ConcurrentBag<Ruling>();
var places = new SemaphoreSlim(InFlight);
var running = new List<Task>();
foreach (var transaction in File.ReadLines(args.Length == 1 ? args[0] : SampleHost.Beside("transactions.jsonl")).Select(Transaction.Parse))
{
    await places.WaitAsync();
    // An account is a conversation, a transaction a turn under its own id: durable when this returns, decided in the account's order, and the same turn when the
    // stream is read again after a kill.
    var request = new TurnRequest(
        ConversationId.Of(transaction.Account), TurnId.Parse(transaction.Id), TurnContent.Of(transaction.ToString()) with { Model = RiskModule.Name });
    await conversations.SubmitAsync(request);
    running.Add(FollowAsync(transaction, request));
}

await Task.WhenAll(running);
Console.WriteLine();
Console.Write(Report.Of(rulings));
Console.WriteLine($"{alerts.All().Count} alerts in the queue");
await host.StopAsync();
return 0;

async Task FollowAsync(Transaction transaction, TurnRequest request)
{
    try
    {
        var settled = await conversations.CompleteAsync(request);
        var ruling = settled.Outcome is Outcome.Committed committed
            ? Ruling.Parse(committed.Reply.Text)
            : new Ruling(transaction.Id, transaction.Account, Alert: true, "not-decided", Ruling.ByRules, $"not decided: {(settled.Outcome as Outcome.Failed)?.Reason ?? "cancelled"}");
        rulings.Add(ruling);
        if (!ruling.Alert || settled.Acknowledged) return;

        // First into the queue, then acknowledged: a kill in between has it handed out again, and never left out.
        alerts.Put(ruling);
        Console.WriteLine($"alert {ruling.Id} {ruling.Account}, by {ruling.By}, {ruling.Rule}: {ruling.Reason}");
        await conversations.AcknowledgeAsync(request.Conversation, request.Turn);
    }
    finally
    {
        places.Release();
    }
}
