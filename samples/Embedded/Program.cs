// A durable conversation in a program of your own: a node of ActorLlm inside an ordinary .NET host, and the cluster as an IChatClient.
//   dotnet run --project samples/Embedded -- "My name is Ada."                  begins a conversation and prints its id
//   dotnet run --project samples/Embedded -- "What is my name?" CONVERSATION    goes on with it, in another process, days later
using ActorLlm.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("usage: Embedded PROMPT [CONVERSATION]");
    return 2;
}

var builder = Host.CreateApplicationBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Error);
builder.AddActorLlm();
using var host = builder.Build();
await host.StartAsync();

var chat = host.Services.GetRequiredService<IChatClient>();
string? conversation = args.Length == 2 ? args[1] : null;
await foreach (var update in chat.GetStreamingResponseAsync(args[0], new ChatOptions { ConversationId = conversation }))
{
    Console.Write(update.Text);
    conversation = update.ConversationId;
}

Console.WriteLine();
Console.WriteLine($"conversation: {conversation}");
await host.StopAsync();
return 0;
