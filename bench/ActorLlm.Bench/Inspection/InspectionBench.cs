using System.Diagnostics;
using System.Globalization;
using System.Text;
using ActorLlm.Backends;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using ActorLlm.Inspection;
using ActorLlm.Testing;
using Akka.Actor;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Bench.Inspection;

/// <summary>How long an operator waits for a list of conversations and for the life of a turn, over journals of different shapes.</summary>
internal static class InspectionBench
{
    private const int Conversations = 100_000;
    private const int Page = 50;
    private const int LongTurns = 5000;

    public static async Task<string> RunAsync(int times, int hotTurns)
    {
        var table = new StringBuilder();
        foreach (var provider in new[] { "PostgreSQL", "SQLite" })
        {
            using var folder = new TempFolder();
            var postgres = provider == "PostgreSQL" ? await (await TestPostgres.SharedAsync()).CreateDatabaseAsync() : null;
            var sqlite = postgres is null ? folder.Of("actorllm.db") : null;
            Console.Error.WriteLine($"{provider}: filling");
            using (var host = await StartAsync(postgres, sqlite))
            {
                // Quiet ones first, so that all that follows is newer; then one of 10,000 events that the product itself wrote, with its snapshots.
                var fill = new JournalFill(host.Services.GetRequiredService<ActorSystem>(), postgres, sqlite);
                await fill.AddAsync("quiet", 200, 1);
                await WriteLongAsync(host.Services.GetRequiredService<IConversations>());
                await fill.AddAsync("acme", Conversations - 201, 1);
                await fill.SettleAsync();
                table.AppendLine(CultureInfo.InvariantCulture, $"## {provider}, {Conversations} conversations\n").Append(Head);
                await MeasureAsync(table, host.Services.GetRequiredService<IInspection>(), times);
                await fill.AddAsync("hot", 1, hotTurns);
                await fill.SettleAsync();
                table.AppendLine(CultureInfo.InvariantCulture, $"\n## {provider}, the same and one conversation with the latest {2 * hotTurns} rows\n").Append(Head);
                await MeasureAsync(table, host.Services.GetRequiredService<IInspection>(), times);
                await host.StopAsync();
            }

            table.AppendLine(CultureInfo.InvariantCulture, $"\n## {provider}, the same after a restart: no conversation is in memory\n").Append(Head);
            using var cold = await StartAsync(postgres, sqlite);
            var inspection = cold.Services.GetRequiredService<IInspection>();
            await RowAsync(table, "explain a turn, each of another conversation", times, i => Explain(inspection, "acme", JournalFill.NameOf(7 * i), 0));
            await RowAsync(table, "explain a turn in a conversation of 10,000 events, the first question to it", 1, _ => Explain(inspection, "long", "talk", LongTurns / 2));
            await cold.StopAsync();
            table.AppendLine();
        }

        return table.ToString();
    }

    private const string Head = "| question | p50 ms | p99 ms | most ms |\n|---|---|---|---|\n";

    private static async Task MeasureAsync(StringBuilder table, IInspection inspection, int times)
    {
        var middle = (await inspection.ListAsync(new ConversationFilter("acme", null, 1000))).Next;
        for (var page = 1; page < 20; page++) middle = (await inspection.ListAsync(new ConversationFilter("acme", middle, 1000))).Next;
        await RowAsync(table, $"list {Page}, the first page", times, _ => ListAsync(inspection, null, null, Page));
        await RowAsync(table, "list 1000, the first page", times, _ => ListAsync(inspection, null, null, 1000));
        await RowAsync(table, $"list {Page}, after 20,000 others", times, _ => ListAsync(inspection, "acme", middle, Page));
        await RowAsync(table, $"list {Page} of a tenant whose 200 conversations are the oldest", times, _ => ListAsync(inspection, "quiet", null, Page));
        await RowAsync(table, "list of a tenant that has none", times, _ => ListAsync(inspection, "nobody", null, Page));
        await RowAsync(table, "explain a turn of one of many conversations", times, i => Explain(inspection, "acme", JournalFill.NameOf(11 * i), 0));
        await RowAsync(table, "explain a turn in a conversation of 10,000 events", times, i => Explain(inspection, "long", "talk", 13 * i % LongTurns));
    }

    private static async Task ListAsync(IInspection inspection, string? tenant, long? before, int limit) =>
        _ = await inspection.ListAsync(new ConversationFilter(tenant, before, limit));

    private static async Task Explain(IInspection inspection, string tenant, string name, int turn)
    {
        var life = await inspection.ExplainAsync(ConversationId.Of(tenant, name), TurnId.Parse(turn.ToString(CultureInfo.InvariantCulture)));
        if (life is not { State: TurnState.Committed, Attempts.Count: 1 }) throw new InvalidOperationException($"{tenant}/{name} {turn} was not explained: {life}");
    }

    private static async Task RowAsync(StringBuilder table, string question, int times, Func<int, Task> ask)
    {
        Console.Error.WriteLine(question);
        var took = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var watch = Stopwatch.StartNew();
            await ask(i);
            took.Add(watch.Elapsed.TotalMilliseconds);
        }

        took.Sort();
        table.AppendLine(CultureInfo.InvariantCulture, $"| {question} | {took[took.Count / 2]:0.0} | {took[took.Count * 99 / 100]:0.0} | {took[^1]:0.0} |");
    }

    private static async Task WriteLongAsync(IConversations conversations)
    {
        for (var turn = 0; turn < LongTurns; turn++)
        {
            await conversations.CompleteAsync(new TurnRequest(
                ConversationId.Of("long", "talk"), TurnId.Parse(turn.ToString(CultureInfo.InvariantCulture)), TurnContent.Of(Workload.Question)));
        }
    }

    private static async Task<IHost> StartAsync(string? postgres, string? sqlite)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole();
        builder.Services.AddBackend("bench", _ => new AnsweringClient(), ["bench"]);
        builder.AddActorLlm(options =>
        {
            if (postgres is not null) options.Postgres = postgres;
            else options.Sqlite = sqlite!;
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class AnsweringClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            new[] { new ChatResponseUpdate(ChatRole.Assistant, Workload.Answer) { FinishReason = ChatFinishReason.Stop } }.ToAsyncEnumerable();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
