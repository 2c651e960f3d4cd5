using ActorLlm.Domain.Conversations;
using ActorLlm.Simulation.Checking;
using ActorLlm.Simulation.Plans;
using ActorLlm.Simulation.Worlds;
using StepKind = ActorLlm.Simulation.Plans.StepKind;

namespace ActorLlm.Simulation.Parties;

/// <summary>What a caller wants to know, over all its tries.</summary>
internal sealed class Ticket(Step step)
{
    public Step Step { get; } = step;

    public int Tries { get; set; }

    /// <summary>When the latest try was made.</summary>
    public long TriedAt { get; set; }

    public Sink? Sink { get; set; }

    public Node? Node { get; set; }

    public bool Done { get; set; }
}

/// <summary>An answer to one try: client to caller.</summary>
internal sealed record Answer(Ticket Ticket, Sink Sink, object Said);

/// <summary>A node's connections are cut: cluster to caller.</summary>
internal sealed record ConnectionsCut(Node Node);

/// <summary>
/// A program that uses the system, outside of the cluster: it does the steps of its script, and asks another node with the same turn id when a
/// connection breaks or nothing comes.
/// </summary>
internal sealed class CallerParty(World world, int number) : Party(world, null, $"caller{number}")
{
    private const int RequestTimeoutMs = 20_000;
    private const int MaxTriesWhenBusy = 4;

    private readonly Dice _dice = Dice.For(world.Plan.Seed, 100 + (ulong)number);
    private readonly List<Ticket> _open = [];
    private int _stepsLeft;

    public bool Idle => _stepsLeft == 0 && _open.Count == 0;

    public void Start()
    {
        foreach (var step in World.Plan.Steps)
        {
            if (step.Caller % World.Plan.Callers != number) continue;
            _stepsLeft++;
            World.Post(this, step, null, step.At);
        }
    }

    public void End()
    {
        foreach (var ticket in _open) World.History.Unanswered.Add($"caller {number}: {ticket.Step}");
    }

    /// <summary>The program dies and starts again; it knows what it wanted of some of its questions only.</summary>
    public void Crash()
    {
        World.Counts.Add(Happening.CallerCrashed);
        foreach (var ticket in _open)
        {
            Hang(ticket);
            ticket.Done = true;
            // Whoever died cannot be told.
            World.History.Asked.RemoveAll(asked => asked.Caller == number && asked.Oversize && asked.Turn == Names.Turn(ticket.Step.Turn).Value);
            if (!_dice.Chance(60)) continue;
            _stepsLeft++;
            World.Post(this, ticket.Step, null, _dice.Between(500, 4000));
        }

        _open.Clear();
    }

    public override void Receive(object message, Party? sender)
    {
        switch (message)
        {
            case Step step:
                _stepsLeft--;
                var ticket = new Ticket(step);
                _open.Add(ticket);
                Try(ticket);
                break;
            case Again { Ticket.Done: false } again when again.Try == again.Ticket.Tries:
                Hang(again.Ticket);
                Try(again.Ticket);
                break;
            case ConnectionsCut cut:
                foreach (var hit in _open)
                {
                    if (hit.Node == cut.Node) TryAgain(hit, _dice.Between(50, 1000));
                }

                break;
            case Answer answer when answer.Sink == answer.Ticket.Sink && !answer.Ticket.Done:
                Take(answer);
                break;
        }
    }

    private void Try(Ticket ticket)
    {
        var step = ticket.Step;
        var first = ticket.Tries++ == 0 ? step.Node : _dice.Below(World.Nodes.Length);
        var node = World.Nodes[first % World.Nodes.Length];
        ticket.Node = node;
        ticket.TriedAt = World.NowMs;
        ticket.Sink = new Sink(this, ticket, step.Kind == StepKind.Submit && step.Stream);
        if (!node.Running)
        {
            TryAgain(ticket, _dice.Between(100, 1000));
            return;
        }

        World.Post(node.Client, QuestionOf(step, ticket.Sink), this, 1);
        World.Post(this, new Again(ticket, ticket.Tries), this, RequestTimeoutMs);
    }

    private object QuestionOf(Step step, Sink sink)
    {
        var (conversation, turn) = (World.Ids[step.Conversation], Names.Turn(step.Turn));
        switch (step.Kind)
        {
            case StepKind.Cancel:
                return new Ask(new CancelTurn(conversation, turn), sink);
            case StepKind.Acknowledge:
                return new Ask(new AcknowledgeReply(conversation, turn), sink);
            case StepKind.Get:
                return new Ask(new GetTurn(conversation, turn), sink);
            case StepKind.View:
                return new Ask(new GetConversation(conversation), sink);
            default:
                var content = Contents.Of(step.Content, step.Conversation, step.Turn);
                if (step.Content == ContentKind.Oversize) World.Counts.Add(Happening.OversizeSubmitted);
                World.History.Asked.Add(new Asked(
                    World.NowMs, number, step.Conversation, turn.Value, ContentOf(step)!, step.Content == ContentKind.Oversize));
                TimeSpan? deadline = step.DeadlineMs > 0 ? TimeSpan.FromMilliseconds(step.DeadlineMs) : null;
                return new Join(new SubmitTurn(conversation, turn, content, step.Overlap, deadline, Follow: false, Stream: false), sink);
        }
    }

    private static string? ContentOf(Step step) => step.Kind != StepKind.Submit ? null
        : step.Content == ContentKind.Oversize ? "oversize"
        : Contents.TextOf(Contents.Of(step.Content, step.Conversation, step.Turn));

    private void Take(Answer answer)
    {
        var (ticket, said) = (answer.Ticket, answer.Said);
        var step = ticket.Step;
        if (said is NoAnswer)
        {
            TryAgain(ticket, _dice.Between(300, 3000));
            return;
        }

        World.History.Told.Add(new Told(
            World.NowMs, ticket.TriedAt, number, step.Conversation, said is TurnAnswer about ? about.Turn.Value : "", ContentOf(step), said, answer.Sink.Shown,
            answer.Sink.Diverged));
        switch (said)
        {
            case TurnPending when step.Kind == StepKind.Submit && !step.Leaves:
                break;
            case TurnRejected { Code: RejectionCode.TooManyPending or RejectionCode.Busy } when ticket.Tries < MaxTriesWhenBusy && !step.Leaves:
                TryAgain(ticket, 2000);
                break;
            default:
                Finish(ticket);
                break;
        }
    }

    private void Finish(Ticket ticket)
    {
        Hang(ticket);
        ticket.Done = true;
        _open.Remove(ticket);
    }

    private void TryAgain(Ticket ticket, long delay)
    {
        ticket.Node = null;
        ticket.Sink = null;
        World.Post(this, new Again(ticket, ticket.Tries), this, delay);
    }

    // As when the connection of a request is closed by its client.
    private void Hang(Ticket ticket)
    {
        if (ticket is { Node: { Running: true } node, Sink: { } sink, Step.Kind: StepKind.Submit })
            World.Post(node.Client, new Leave(sink), this, 1);
    }

    private sealed record Again(Ticket Ticket, int Try);
}
