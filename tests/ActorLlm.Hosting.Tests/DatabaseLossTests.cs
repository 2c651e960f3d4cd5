using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Testing;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

public class DatabaseLossTests
{
    private const int Conversations = 20;
    private const int TurnsEach = 3;

    [Fact]
    public async Task A_database_killed_in_mid_write_loses_nothing_and_every_turn_gets_its_outcome_once_it_is_back()
    {
        await using var postgres = await TestPostgres.StartPrivateAsync();
        var database = await postgres.CreateDatabaseAsync();
        var client = ScriptedChatClient.Echo();
        await using var host = await TestHost.StartAsync(client, configure: options =>
        {
            options.Postgres = database;
            options.AcceptTimeout = TimeSpan.FromSeconds(2);
        });
        var refused = 0;
        var (settled, stop) = (0, new CancellationTokenSource());
        var talks = Enumerable.Range(0, Conversations).Select(async talk =>
        {
            var known = new List<TurnSettled>();
            // Busy until the database is gone, and then as many turns again.
            for (var turn = 1; !stop.IsCancellationRequested || known.Count < TurnsEach; turn++)
            {
                known.Add(await InsistAsync(Turn($"talk-{talk}", $"{turn}", $"question {turn}")));
                Interlocked.Increment(ref settled);
            }

            return known;
        }).ToArray();
        async Task<TurnSettled> InsistAsync(TurnRequest request)
        {
            while (true)
            {
                try
                {
                    return await host.Conversations.CompleteAsync(request).InTime();
                }
                catch (ConversationsUnavailableException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        }

        await Eventually.HoldsAsync("turns are being written", () => Volatile.Read(ref settled) > 3 * Conversations);
        await postgres.KillAsync();
        var (ready, why) = await host.Services.GetRequiredService<INodeHealth>().CheckReadyAsync();
        Assert.False(ready, why);
        await Assert.ThrowsAsync<ConversationsUnavailableException>(() => host.Conversations.SubmitAsync(Turn("new", "1", "hello")).InTime());
        await postgres.StartAgainAsync();
        await stop.CancelAsync();
        var all = await Task.WhenAll(talks).InTime();

        for (var talk = 0; talk < Conversations; talk++)
        {
            Assert.Equal(Enumerable.Range(1, all[talk].Count).Select(i => $"echo: question {i}"), all[talk].Select(turn => turn.ReplyText()));
            var view = await host.Conversations.GetAsync(ConversationId.Of($"talk-{talk}")).InTime();
            Assert.Equal(all[talk].Count, view.TurnsSettled);
            Assert.Equal(all[talk].Select(turn => turn.Turn), view.History.Select(exchange => exchange.Turn));
        }
    }
}
