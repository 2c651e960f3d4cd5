using System.Collections.Concurrent;
using ActorLlm.Cluster.Conversations;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;

namespace ActorLlm.Cluster.Tests;

/// <summary>One process's part: an actor system with the product's settings, without a cluster, whose conversations are started by the test.</summary>
internal sealed class TestSystem : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConversationRuntime _runtime;

    public TestSystem(JournalSettings journal, string settings = "", Func<string, string>? reply = null)
    {
        System = ActorSystem.Create("test", ConfigurationFactory
            .ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF, actor.provider = local }\n" + settings)
            .WithFallback(ActorLlmConfig.For(journal)));
        var dispatcher = System.ActorOf(Props.Create(() => new Model(reply ?? (prompt => "re: " + prompt), Seen)));
        Others = Inbox.Create(System);
        _runtime = new ConversationRuntime(ConversationPolicy.Default, TimeProvider.System, new Random(7), dispatcher,
            new JournalReplyArchive(new RecoveryReader(journal), System.Serialization), Node: "test:1")
        {
            Region = () => Others.Receiver,
        };
    }

    /// <summary>What was sent to other conversations.</summary>
    public Inbox Others { get; }

    public ActorSystem System { get; }

    /// <summary>What the dispatcher was told.</summary>
    public ConcurrentQueue<object> Seen { get; } = new();

    /// <summary>Starts it under a parent that ends it when it asks to be passivated, as its shard does.</summary>
    public async Task<IActorRef> StartInShardAsync(string conversation)
    {
        var props = ConversationProps.Of(ConversationId.Of(conversation), _runtime);
        return await System.ActorOf(Props.Create(() => new Shard(props))).Ask<IActorRef>("child", Patience);
    }

    public IActorRef Start(string conversation)
    {
        var (id, runtime) = (ConversationId.Of(conversation), _runtime);
        return System.ActorOf(ConversationProps.Of(id, runtime));
    }

    /// <summary>Ends an incarnation, as a hand-off does.</summary>
    public static async Task StopAsync(IActorRef conversation) =>
        Assert.True(await conversation.GracefulStop(Patience, StopConversation.Instance));

    public static Task<ConversationView> ViewAsync(IActorRef conversation) =>
        conversation.Ask<ConversationView>(new GetConversation(ConversationId.Of("any")), Patience);

    /// <summary>Submits a turn and waits for its outcome.</summary>
    public static async Task<TurnSettled> CompleteAsync(IActorRef conversation, string turn, string text)
    {
        var submit = Submit(turn, text);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await conversation.Ask<TurnAnswer>(submit, Patience);
            if (answer is TurnSettled settled) return settled;
            Assert.IsType<TurnPending>(answer);
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "The turn was not settled in time.");
            await Task.Yield();
        }
    }

    public static SubmitTurn Submit(string turn, string text) => new(
        ConversationId.Of("any"), TurnId.Parse(turn), TurnContent.Of(text), OverlapPolicy.Enqueue, Deadline: null, Follow: false, Stream: false);

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        System.Dispose();
    }

    private sealed class Shard : UntypedActor
    {
        private readonly IActorRef _child;

        public Shard(Props props) => _child = Context.ActorOf(props);

        protected override void OnReceive(object message)
        {
            if (message is Passivate passivate) Sender.Tell(passivate.StopMessage);
            else Sender.Tell(_child);
        }
    }

    /// <summary>A dispatcher, a worker and a model in one; a reply of null never comes.</summary>
    private sealed class Model(Func<string, string?> reply, ConcurrentQueue<object> seen) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            seen.Enqueue(message);
            if (message is RunAttempt run && reply(run.Content.Messages[^1].Text) is { } text)
                Sender.Tell(new AttemptResult(run.Key, new AttemptEnd.Succeeded(new Reply(text, "model", "backend", "stop", new Usage(1, 1)))));
        }
    }
}
