using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using ActorLlm.Telemetry;
using Akka.Actor;

namespace ActorLlm.Cluster.Clients;

/// <summary>
/// Speaks for the callers of one node: sends a turn until its acceptance is answered, and asks again for an outcome that is late, since a
/// conversation that moved or crashed has forgotten who waits.
/// </summary>
internal sealed class ClientActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan FirstResend = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastResend = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(200);

    private readonly ClientRuntime _runtime;
    private readonly Calls _calls = new();
    private IActorRef? _finishRequester;
    private bool _finished;

    public ClientActor(ClientRuntime runtime) => _runtime = runtime;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Sweep), Sweep.Instance, SweepInterval);

    protected override void PostStop()
    {
        foreach (var call in _calls.All) call.Each(sink => sink.Failed(new ClientStoppedException()));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Join join when _finished:
                // Its request is refused and sent again to another node; begun here, it would be cut off.
                join.Sink.Failed(new ClientStoppedException());
                break;
            case Join join:
                Add(join);
                break;
            case Leave leave:
                Remove(leave);
                break;
            case StreamChunk chunk when _calls.FindAccepted(chunk.Conversation, chunk.Key.Turn) is { } call:
                Take(call, chunk);
                break;
            case TurnPending pending when _calls.Find(pending) is { } call:
                call.Accepted = true;
                call.Unfinished = pending.Unfinished;
                if (call.Sinks.Count == 0) _calls.Remove(call);
                call.AskAt = _runtime.Time.GetUtcNow() + AskAgainAfter;
                call.Each(sink => sink.Accepted(pending.Unfinished));
                break;
            case TurnSettled settled when _calls.Find(settled) is { } call:
                _calls.Remove(call);
                call.Each(sink => sink.Settled(settled));
                break;
            case TurnRejected rejected when _calls.Find(rejected) is { } call:
                _calls.Remove(call);
                call.Each(sink => sink.Failed(new TurnRefusedException(rejected)));
                break;
            case FinishCalls:
                _finishRequester = Sender;
                break;
            case Sweep:
                SweepCalls();
                break;
        }

        if (_finishRequester is { } requester && !_finished && !_calls.Any)
        {
            _finished = true;
            requester.Tell(Akka.Done.Instance);
        }
    }

    private void Add(Join join)
    {
        var now = _runtime.Time.GetUtcNow();
        var call = _calls.FindOrAdd(join.Submit, now + _runtime.AcceptTimeout);
        call.Sinks.Add(join.Sink);
        if (call.Accepted) join.Sink.Accepted(call.Unfinished);
        Send(call, now);
    }

    private void Remove(Leave leave)
    {
        // An unanswered submission goes on being sent: its caller may only have stopped waiting, and acceptance is not taken back.
        if (_calls.FindBySink(leave.Conversation, leave.Turn, leave.Sink) is { } call
            && call.Sinks.Remove(leave.Sink) && call.Sinks.Count == 0 && call.Accepted) _calls.Remove(call);
    }

    private void Take(Call call, StreamChunk chunk)
    {
        call.AskAt = _runtime.Time.GetUtcNow() + AskAgainAfter;
        foreach (var sink in call.Sinks)
        {
            if (!sink.Chunk(chunk, out var expected))
                _runtime.Region.Tell(new FollowTurn(chunk.Conversation, chunk.Key.Turn, Stream: true, expected), Self);
        }
    }

    private void SweepCalls()
    {
        var now = _runtime.Time.GetUtcNow();
        List<Call>? late = null;
        foreach (var call in _calls.All)
        {
            if (call.AskAt <= now) (late ??= []).Add(call);
        }

        foreach (var call in late ?? [])
        {
            if (call.Accepted || now < call.GiveUpAt) Send(call, now);
            else GiveUp(call);
        }
    }

    private void Send(Call call, DateTimeOffset now)
    {
        var submit = call.Submit;
        var stream = call.Sinks.Exists(sink => sink.Stream);
        if (call.Accepted)
        {
            call.AskAt = now + AskAgainAfter;
            _runtime.Region.Tell(new FollowTurn(submit.Conversation, submit.Turn, stream, FromOffset: 0), Self);
            return;
        }

        if (++call.Sends > 1) TurnMetrics.SubmitResent();
        call.AskAt = now + Backoff.Delay(call.Sends, FirstResend, LastResend, _runtime.Random.NextDouble());
        _runtime.Region.Tell(submit with { Follow = true, Stream = stream }, Self);
    }

    private void GiveUp(Call call)
    {
        _calls.Remove(call);
        call.Each(sink => sink.Failed(new AcceptanceUnknownException(_runtime.AcceptTimeout)));
    }

    private sealed record Sweep
    {
        public static Sweep Instance { get; } = new();
    }
}
