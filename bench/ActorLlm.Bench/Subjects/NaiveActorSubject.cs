using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql;

namespace ActorLlm.Bench.Subjects;

/// <summary>
/// What a first version with Akka.NET looks like: a sharded persistent actor, stock Akka.Persistence.Sql settings, default serializers, an ask
/// for each turn. No dedupe, no redelivery, no routing, no recovery of what was running.
/// </summary>
internal sealed class NaiveActorSubject : ISubject
{
    private readonly ActorSystem _system;
    private readonly IActorRef _region;

    private NaiveActorSubject(ActorSystem system, IActorRef region)
    {
        _system = system;
        _region = region;
    }

    public string Name => "naive persistent actor";

    public static async Task<NaiveActorSubject> StartAsync(string provider, string connectionString, ServiceTime service)
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = ERROR
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            akka.persistence.journal { plugin = "akka.persistence.journal.sql", sql { connection-string = "{{connectionString}}", provider-name = "{{provider}}" } }
            akka.persistence.snapshot-store { plugin = "akka.persistence.snapshot-store.sql", sql { connection-string = "{{connectionString}}", provider-name = "{{provider}}" } }
            """).WithFallback(SqlPersistence.DefaultConfiguration);
        var system = ActorSystem.Create("naive", config);
        var cluster = Akka.Cluster.Cluster.Get(system);
        await cluster.JoinAsync(cluster.SelfAddress);
        var region = await ClusterSharding.Get(system).StartAsync(
            "naive", id => Props.Create(() => new Conversation(id, service)), ClusterShardingSettings.Create(system), new Extractor());
        return new NaiveActorSubject(system, region);
    }

    public Task TurnAsync(int conversation, int turn) =>
        _region.Ask<Reply>(new Submit($"c{conversation}", turn, conversation, Workload.Question), TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync() => await _system.Terminate();

    internal sealed record Submit(string Id, int Turn, int Conversation, string Text);

    internal sealed record Reply(string Text);

    internal sealed record Accepted(int Turn, string Text);

    internal sealed record Replied(int Turn, string Text);

    private sealed class Extractor() : HashCodeMessageExtractor(100)
    {
        public override string EntityId(object message) => message is Submit submit ? submit.Id : null!;
    }

    private sealed class Conversation : ReceivePersistentActor
    {
        private readonly List<string> _texts = [];

        public Conversation(string id, ServiceTime service)
        {
            PersistenceId = $"naive-{id}";
            Recover<Accepted>(e => _texts.Add(e.Text));
            Recover<Replied>(e => _texts.Add(e.Text));
            Command<Submit>(submit => Persist(new Accepted(submit.Turn, submit.Text), e =>
            {
                _texts.Add(e.Text);
                CallAsync(service, submit).PipeTo(Self, Sender);
            }));
            Command<Replied>(reply => Persist(reply, e =>
            {
                _texts.Add(e.Text);
                Sender.Tell(new Reply(e.Text));
            }));
        }

        public override string PersistenceId { get; }

        private static async Task<Replied> CallAsync(ServiceTime service, Submit submit)
        {
            var wait = service.Of(submit.Conversation, submit.Turn);
            if (wait > TimeSpan.Zero) await Task.Delay(wait);
            return new Replied(submit.Turn, Workload.Answer);
        }
    }
}
