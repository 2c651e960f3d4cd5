using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Delivery;
using ActorLlm.Domain.Routing;
using ActorLlm.Simulation.Canaries;
using ActorLlm.Simulation.Worlds;

namespace ActorLlm.Simulation.Parties;

/// <summary>Take nothing new, finish what runs within the patience given (in ms), hand the rest back.</summary>
internal sealed record Drain(long Patience);

/// <summary>Mirrors WorkerActor and AttemptRun: a bounded number of calls at once, heartbeats, and each result again until it is acknowledged.</summary>
internal sealed class WorkerParty : Party
{
    private const int HeldPerSlot = 4;

    // A report that says what the last one said is sent less often than the actor does, to keep runs short.
    private const int IdleTicksPerReport = 5;

    private readonly Dictionary<AttemptKey, Held> _held = [];
    private readonly Queue<AttemptKey> _queue = new();
    private readonly List<int> _dispatchers = [];
    private bool _draining;
    private int _running;
    private int _reported = -1;
    private int _ticks;
    private double _latencyMs;

    public WorkerParty(World world, Node node)
        : base(world, node, "worker") => world.Post(this, Tick.Instance, this, (long)Limits.HeartbeatInterval.TotalMilliseconds);

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case MemberIs member:
                if (!_dispatchers.Contains(member.Id)) _dispatchers.Add(member.Id);
                Report();
                break;
            case MemberRemoved removed:
                _dispatchers.Remove(removed.Id);
                break;
            case RunAttempt run:
                Take(run, sender!);
                break;
            case ModelPiece piece when _held.TryGetValue(piece.Run.Key, out var held) && held.Run == piece.Run:
                Append(held, piece.Text);
                break;
            case ModelEnd end when _held.TryGetValue(end.Run.Key, out var held) && held.Run == end.Run && held.End is null:
                Finish(held, end);
                break;
            case ResultAck ack:
                Release(ack.Key);
                break;
            case StopAttempt stop:
                Release(stop.Key);
                break;
            case AttachStream attach when _held.TryGetValue(attach.Key, out var held):
                held.Watchers.RemoveAll(watcher => watcher.Client == sender);
                held.Watchers.Add(new Watcher(sender!) { Sent = Math.Max(0, attach.FromOffset) });
                if (held.Run is not null) Flush(held);
                break;
            case Drain drain:
                _draining = true;
                Report();
                World.Post(this, DrainDeadline.Instance, this, drain.Patience);
                foreach (var held in _held.Values.Where(held => held.Run is null && held.End is null).ToArray()) Interrupt(held);
                break;
            case DrainDeadline:
                foreach (var held in _held.Values.Where(held => held.End is null).ToArray()) Interrupt(held);
                break;
            case Tick:
                Beat();
                if (_reported != _held.Count || ++_ticks % IdleTicksPerReport == 0) Report();
                World.Post(this, Tick.Instance, this, (long)Limits.HeartbeatInterval.TotalMilliseconds);
                break;
        }
    }

    /// <summary>As an actor that failed and is started again in its place: what it held is gone.</summary>
    public void Restart()
    {
        _held.Clear();
        _queue.Clear();
        (_running, _latencyMs) = (0, 0);
    }

    private void Take(RunAttempt run, Party dispatcher)
    {
        if (_held.ContainsKey(run.Key)) return;
        if (_draining || _held.Count >= World.Plan.WorkerConcurrency * HeldPerSlot)
        {
            Tell(dispatcher, new AttemptRefused(run.Key));
            return;
        }

        _held[run.Key] = new Held(run, World.Now);
        _queue.Enqueue(run.Key);
        StartQueued();
    }

    private void StartQueued()
    {
        while (_running < World.Plan.WorkerConcurrency && _queue.TryDequeue(out var key))
        {
            if (!_held.TryGetValue(key, out var held) || held.Run is not null || held.End is not null) continue;
            _running++;
            held.Run = new ModelRun(key);
            World.Model.Call(this, held.Run, held.Request.Content);
        }
    }

    private void Append(Held held, string text)
    {
        held.Text += text;
        Flush(held);
    }

    private void Flush(Held held)
    {
        foreach (var watcher in held.Watchers)
        {
            if (watcher.Sent >= held.Text.Length) continue;
            Tell(watcher.Client, new StreamChunk(held.Request.Key, watcher.Sent, held.Text[watcher.Sent..]));
            watcher.Sent = held.Text.Length;
        }
    }

    private void Finish(Held held, ModelEnd end)
    {
        held.End = end.Failure;
        if (end.Failure is null || (end.CutOff && World.Canary == Canary.StreamEndsEarlyAsSuccess))
        {
            held.End = new AttemptEnd.Succeeded(new Reply(held.Text, "model", "backend", "stop", new Usage(3, held.Text.Length)));
            var took = (World.Now - held.TakenAt).TotalMilliseconds;
            _latencyMs = _latencyMs == 0 ? took : _latencyMs + (took - _latencyMs) / 16;
        }

        Send(held);
        if (World.Canary == Canary.WorkerForgetsResult) Release(held.Request.Key);
    }

    private void Interrupt(Held held)
    {
        World.Counts.Add(Happening.AttemptInterrupted);
        held.End = new AttemptEnd.Failed(FailureKind.Interrupted, "The worker's node is shutting down.", null);
        Send(held);
    }

    private void Send(Held held)
    {
        held.Sends++;
        held.ResendAt = World.Now + Backoff.Delay(held.Sends, Limits.ResendMin, Limits.ResendMax, World.Jitter.Share());
        Node!.Region.Tell(new AttemptResult(held.Request.Key, held.End!), this);
    }

    private void Release(AttemptKey key)
    {
        if (!_held.Remove(key, out var held)) return;
        if (held.Run is not null) _running--;
        StartQueued();
    }

    private void Beat()
    {
        foreach (var (key, held) in _held)
        {
            if (held.End is not null)
            {
                if (held.ResendAt <= World.Now) Send(held);
            }
            else if (held.TakenAt + Limits.HeartbeatInterval <= World.Now)
            {
                Node!.Region.Tell(new Heartbeat(key, Queued: held.Run is null), this);
            }
        }
    }

    private void Report()
    {
        _reported = _held.Count;
        var report = new LoadReport(_draining ? 0 : World.Plan.WorkerConcurrency, _held.Count, TimeSpan.FromMilliseconds(_latencyMs));
        foreach (var id in _dispatchers) Tell(World.Nodes[id].Dispatcher, report);
    }

    private void Tell(Party to, object message) => World.Network.Send(Node, to, message, this);

    private sealed class Held(RunAttempt request, DateTimeOffset takenAt)
    {
        public RunAttempt Request { get; } = request;

        public DateTimeOffset TakenAt { get; } = takenAt;

        public ModelRun? Run { get; set; }

        public AttemptEnd? End { get; set; }

        public string Text { get; set; } = "";

        public int Sends { get; set; }

        public DateTimeOffset ResendAt { get; set; }

        public List<Watcher> Watchers { get; } = [];
    }

    private sealed class Watcher(Party client)
    {
        public Party Client { get; } = client;

        public int Sent { get; set; }
    }

    private sealed record DrainDeadline
    {
        public static DrainDeadline Instance { get; } = new();
    }

    private sealed record Tick
    {
        public static Tick Instance { get; } = new();
    }
}
