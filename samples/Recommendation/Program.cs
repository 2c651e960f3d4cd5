// Recommendation: what shoppers do in, a ranked list with reasons out, in a form that is checked.
//   dotnet run --project samples/Recommendation                 the events that come with it
//   dotnet run --project samples/Recommendation -- FILE.jsonl   others, a JSON object on each line
using System.Text.Json;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Recommendation;
using Samples;

if (args.Length > 1)
{
    Console.Error.WriteLine("usage: Recommendation [FILE.jsonl]");
    return 2;
}

var catalogue = Product.ReadAll(SampleHost.Beside("catalogue.json"));
var builder = SampleHost.Create("Recommendation");
builder.AddActorLlm();
builder.Services.AddSingleton(catalogue);
builder.Services.AddModule<RecommendModule>(RecommendModule.Name);
using var host = builder.Build();
await host.StartAsync();

var records = host.Services.GetRequiredService<IConversationRecords>();
var conversations = host.Services.GetRequiredService<IConversations>();
var last = new Dictionary<string, Behaviour>();
foreach (var behaviour in File.ReadLines(args.Length == 1 ? args[0] : SampleHost.Beside("events.jsonl")).Select(Behaviour.Parse))
{
    // A shopper is a conversation, to which an event is added under its own id: durable when this returns, and there once however often the stream is read.
    var shopper = ConversationId.Of(behaviour.Shopper);
    if (!last.ContainsKey(behaviour.Shopper)) await records.DescribeAsync(shopper, "{}", mustExist: false);
    await records.AddAsync(shopper, TurnId.Parse(behaviour.Id), [new Message(Role.User, behaviour.ToString())]);
    last[behaviour.Shopper] = behaviour;
}

foreach (var (shopper, behaviour) in last)
{
    // The same events, the same turn: asked again, the model is not.
    var turn = TurnId.Parse($"after-{behaviour.Id}");
    var content = TurnContent.Of($"Recommend {RecommendModule.Places}.") with { Model = RecommendModule.Name };
    var settled = await conversations.CompleteAsync(new TurnRequest(ConversationId.Of(shopper), turn, content));
    Console.WriteLine($"{shopper}:");
    if (settled.Outcome is Outcome.Committed committed) Print(committed.Reply.Text);
    else Console.WriteLine($"  no recommendation: {(settled.Outcome as Outcome.Failed)?.Reason ?? settled.Outcome.ToString()}");
}

await host.StopAsync();
return 0;

void Print(string ranking)
{
    var items = JsonElement.Parse(ranking).GetProperty("items").Deserialize<Recommended[]>(JsonSerializerOptions.Web)!;
    foreach (var (place, item) in items.Index())
        Console.WriteLine($"  {place + 1}. {catalogue.First(product => product.Id == item.Product).Name}: {item.Reason}");
}
