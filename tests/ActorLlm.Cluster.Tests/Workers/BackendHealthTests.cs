using ActorLlm.Cluster.Workers;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Cluster.Tests.Workers;

public class BackendHealthTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly AttemptKey Key = new(ConversationId.Of("talk"), TurnId.Parse("turn-1"), 1);

    [Fact]
    public async Task An_outage_is_told_when_it_begins_now_and_then_while_it_lasts_and_when_it_ends()
    {
        using var system = ActorSystem.Create("health", "akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = [] }");
        using var inbox = Inbox.Create(system);
        system.EventStream.Subscribe(inbox.Receiver, typeof(Warning));
        var time = new FakeTimeProvider();
        var health = new BackendHealth(Logging.GetLogger(system, nameof(BackendHealthTests)), time);

        health.Answered("main");
        for (var i = 0; i < 100; i++) health.Failed(Key, "main", "It is busy.");
        time.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 100; i++) health.Failed(Key, "main", "It is busy.");
        health.Answered("main");
        health.Answered("main");
        health.Failed(Key, "other", "It is gone.");

        Assert.Equal("Backend main fails (1 attempts since it last answered); turns are tried again. It is busy.", await NextAsync(inbox));
        Assert.Equal("Backend main fails (101 attempts since it last answered); turns are tried again. It is busy.", await NextAsync(inbox));
        Assert.Equal("Backend main answers again, after 200 failed attempts.", await NextAsync(inbox));
        Assert.Equal("Backend other fails (1 attempts since it last answered); turns are tried again. It is gone.", await NextAsync(inbox));
    }

    [Fact]
    public void It_tells_for_each_backend_what_failed_since_it_last_answered()
    {
        var health = new BackendHealth(NoLogger.Instance, TimeProvider.System);

        for (var i = 0; i < 3; i++) health.Failed(Key, "main", $"It is busy, {i}.");
        health.Failed(Key, "other", "It is gone.");
        health.Answered("other");

        Assert.Equal([new BackendLoad("main", 3, "It is busy, 2."), new BackendLoad("other", 0, ""), new BackendLoad("spare", 0, "")], health.Of(["main", "other", "spare"]).ToArray());
    }

    private static async Task<string> NextAsync(Inbox inbox)
    {
        while (true)
        {
            if (await inbox.ReceiveAsync(Patience) is Warning warning && warning.LogSource.StartsWith(nameof(BackendHealthTests), StringComparison.Ordinal))
                return warning.Message.ToString()!;
        }
    }
}
