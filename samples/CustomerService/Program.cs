// Customer service: a conversation with the tools of a shop, and a human who approves what is expensive.
//   dotnet run --project samples/CustomerService               on the terminal; it goes on where an earlier run has left off
//   dotnet run --project samples/CustomerService -- FILE       the lines of a file instead
// A line is what the customer says, or a colleague's order: /approvals, /grant, /refuse REASON.
using ActorLlm.Domain;
using ActorLlm.Hosting;
using CustomerService;
using Microsoft.Extensions.DependencyInjection;
using Samples;

const string Sample = "CustomerService";
if (args.Length > 1)
{
    Console.Error.WriteLine("usage: CustomerService [FILE]");
    return 2;
}

var database = new ShopDatabase(SampleHost.DataFile(Sample, "shop.db"));
var knowledge = new KnowledgeBase(database);
knowledge.Load(SampleHost.Beside("articles"));
var orders = new Orders(database);
orders.Add("4711", "Mug set", 24.90m, "delivered");
orders.Add("4712", "Mixer", 189.00m, "delivered");

var builder = SampleHost.Create(Sample);
builder.AddActorLlm();
builder.Services.AddSingleton(knowledge).AddSingleton(orders);
builder.Services.AddModule<SupportModule>(SupportModule.Name);
using var host = builder.Build();
await host.StartAsync();

var desk = await Desk.OpenAsync(host.Services, ConversationId.Of("customer-1"));
foreach (var line in args.Length == 1 ? File.ReadLines(args[0]) : Typed())
{
    if (args.Length == 1) Console.WriteLine($"> {line}");
    var (order, reason) = line.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space ? (line[..space], line[(space + 1)..]) : (line, "");
    await (order switch
    {
        "/approvals" => desk.ListApprovalsAsync(),
        "/grant" => desk.DecideAsync(granted: true, reason),
        "/refuse" => desk.DecideAsync(granted: false, reason),
        _ => desk.SayAsync(line),
    });
}

await host.StopAsync();
return 0;

static IEnumerable<string> Typed()
{
    Console.Write("> ");
    while (Console.ReadLine() is { } line)
    {
        if (line.Length > 0) yield return line;
        Console.Write("> ");
    }
}
