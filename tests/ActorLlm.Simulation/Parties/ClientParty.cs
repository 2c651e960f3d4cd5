using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using ActorLlm.Domain.Streaming;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>A caller's question: caller to client.</summary>
internal sealed record Join(SubmitTurn Submit, Sink Sink);

/// <summary>The caller no longer waits.</summary>
internal sealed record Leave(Sink Sink);

/// <summary>A caller's short question, answered at once: caller to client.</summary>
internal sealed record Ask(IWithConversationId Question, Sink Sink);

/// <summary>There will be no answer to this try: client to caller.</summary>
internal sealed record NoAnswer;

/// <summary>Where the answers to one try of a caller go. Mirrors OutcomeSink and StreamSink.</summary>
internal sealed class Sink(CallerParty caller, Ticket ticket, bool stream)
{
    private readonly ReplyStream? _reply = stream ? new ReplyStream() : null;

    public bool Stream => _reply is not null;

    public string? Shown { get; private set; } = stream ? "" : null;

    public bool Diverged => _reply?.Diverged ?? false;

    public bool Chunk(StreamChunk chunk, out int expected)
    {
        expected = 0;
        if (_reply is null) return true;
        var complete = _reply.TryAdd(chunk.Key.Attempt, chunk.Offset, chunk.Text, out var shown);
        expected = _reply.Expected(chunk.Key.Attempt);
        Shown += shown;
        return complete;
    }

    public void Tell(Party client, object answer)
    {
        if (_reply is not null && answer is TurnSettled { Outcome: Outcome.Committed committed }) Shown += _reply.Complete(committed.Reply.Text);
        caller.World.Post(caller, new Answer(ticket, this, answer), client, 1);
    }
}

/// <summary>Mirrors ClientActor and the questions of ClusterConversations: sends a turn until its acceptance is answered, and asks again for a late outcome.</summary>
internal sealed class ClientParty(World world, Node node) : Party(world, node, "client")
{
    private const long SweepMs = 200;

    private static readonly TimeSpan FirstResend = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastResend = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AcceptTimeout = TimeSpan.FromSeconds(15);

    private readonly List<Call> _calls = [];
    private bool _sweeping;

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case Join join:
                Add(join);
                break;
            case Leave leave:
                Remove(leave);
                break;
            case Ask ask:
                _ = new AskParty(World, Node!, ask);
                break;
            case StreamChunk chunk when _calls.Find(call => call.Accepted && call.IsOf(chunk.Conversation, chunk.Key.Turn)) is { } call:
                Take(call, chunk);
                break;
            case TurnPending pending when Find(pending) is { } call:
                call.Accepted = true;
                if (call.Sinks.Count == 0) _calls.Remove(call);
                call.AskAt = World.Now + AskAgainAfter;
                foreach (var sink in call.Sinks) sink.Tell(this, pending);
                break;
            case TurnAnswer answer and (TurnSettled or TurnRejected) when Find(answer) is { } call:
                _calls.Remove(call);
                foreach (var sink in call.Sinks) sink.Tell(this, answer);
                break;
            case Sweep:
                SweepCalls();
                break;
        }
    }

    private void Add(Join join)
    {
        var submit = join.Submit;
        if (World.Canary != Canary.OversizeFrameDropped && ContentRules.Error(submit.Content) is { } error)
        {
            join.Sink.Tell(this, new TurnRejected(submit.Conversation, submit.Turn, error.Code, error.Reason));
            return;
        }

        var check = submit.Content.Check();
        var call = _calls.Find(call => call.Check == check && call.IsOf(submit.Conversation, submit.Turn));
        if (call is null) _calls.Add(call = new Call(submit, check, World.Now + AcceptTimeout));
        call.Sinks.Add(join.Sink);
        if (call.Accepted) join.Sink.Tell(this, new TurnPending(submit.Conversation, submit.Turn, 0, 0, ""));
        Send(call);
        StartSweeping();
    }

    private void Remove(Leave leave)
    {
        if (_calls.Find(call => call.Sinks.Contains(leave.Sink)) is { } call && call.Sinks.Remove(leave.Sink) && call.Sinks.Count == 0 && call.Accepted)
            _calls.Remove(call);
    }

    private Call? Find(TurnAnswer answer) => _calls.Find(call =>
        call.IsOf(answer.Conversation, answer.Turn)
        && (World.Canary == Canary.AnswersNotToldApart || (answer.ContentCheck == 0 ? call.Accepted : call.Check == answer.ContentCheck)));

    private void Take(Call call, StreamChunk chunk)
    {
        call.AskAt = World.Now + AskAgainAfter;
        foreach (var sink in call.Sinks)
        {
            if (!sink.Chunk(chunk, out var expected)) Node!.Region.Tell(new FollowTurn(chunk.Conversation, chunk.Key.Turn, Stream: true, expected), this);
        }
    }

    private void SweepCalls()
    {
        foreach (var call in _calls.FindAll(call => call.AskAt <= World.Now))
        {
            if (call.Accepted || World.Now < call.GiveUpAt)
            {
                Send(call);
                continue;
            }

            _calls.Remove(call);
            foreach (var sink in call.Sinks) sink.Tell(this, new NoAnswer());
        }

        _sweeping = false;
        StartSweeping();
    }

    // The actor sweeps always; here the next sweep is the one that finds something.
    private void StartSweeping()
    {
        if (_sweeping || _calls.Count == 0) return;
        _sweeping = true;
        var next = World.MsOf(_calls.Min(call => call.AskAt)) - World.NowMs;
        World.Post(this, Sweep.Instance, this, Math.Max(SweepMs, (next + SweepMs - 1) / SweepMs * SweepMs));
    }

    private void Send(Call call)
    {
        var submit = call.Submit;
        var stream = call.Sinks.Exists(sink => sink.Stream);
        if (call.Accepted)
        {
            call.AskAt = World.Now + AskAgainAfter;
            Node!.Region.Tell(new FollowTurn(submit.Conversation, submit.Turn, stream, FromOffset: 0), this);
            return;
        }

        call.Sends++;
        call.AskAt = World.Now + Backoff.Delay(call.Sends, FirstResend, LastResend, World.Jitter.Share());
        Node!.Region.Tell(submit with { Follow = true, Stream = stream }, this);
    }

    private sealed class Call(SubmitTurn submit, ulong check, DateTimeOffset giveUpAt)
    {
        public ulong Check { get; } = check;

        public SubmitTurn Submit { get; } = submit;

        public DateTimeOffset GiveUpAt { get; } = giveUpAt;

        public List<Sink> Sinks { get; } = [];

        public bool Accepted { get; set; }

        public int Sends { get; set; }

        public DateTimeOffset AskAt { get; set; }

        public bool IsOf(ConversationId conversation, TurnId turn) => Submit.Conversation == conversation && Submit.Turn == turn;
    }

    private sealed record Sweep
    {
        public static Sweep Instance { get; } = new();
    }
}

/// <summary>Mirrors ClusterConversations.AskAsync: one question, sent again until it is answered or patience ends.</summary>
internal sealed class AskParty : Party
{
    private const long AskMs = 2000;
    private const long PatienceMs = 15_000;

    private readonly Ask _ask;
    private readonly Node _node;
    private readonly long _giveUpAt;

    public AskParty(World world, Node node, Ask ask)
        : base(world, node, "ask")
    {
        _ask = ask;
        _node = node;
        _giveUpAt = world.NowMs + PatienceMs;
        Send();
    }

    public override void Receive(object message, Party? sender)
    {
        if (!_node.Running)
        {
            Alive = false;
        }
        else if (message is not Again)
        {
            Alive = false;
            _ask.Sink.Tell(this, message);
        }
        else if (World.NowMs >= _giveUpAt)
        {
            Alive = false;
            _ask.Sink.Tell(this, new NoAnswer());
        }
        else
        {
            Send();
        }
    }

    private void Send()
    {
        _node.Region.Tell(_ask.Question, this);
        World.Post(this, Again.Instance, this, AskMs);
    }

    private sealed record Again
    {
        public static Again Instance { get; } = new();
    }
}
