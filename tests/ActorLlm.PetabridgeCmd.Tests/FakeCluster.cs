using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using ActorLlm.Inspection;

namespace ActorLlm.PetabridgeCmd.Tests;

/// <summary>A cluster of one node with one failed turn; it notes what it is told to do.</summary>
internal sealed class FakeCluster : IInspection, ISteering
{
    public const string Node = "10.0.0.1:4053";

    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public List<string> Orders { get; } = [];

    public ConversationFilter? Filter { get; private set; }

    public Task<ClusterPicture> GetClusterAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(new ClusterPicture(Node, Node, Node, [new MemberPicture(Node, "Up", true, ["worker"], "0.1.0", false)]));

    public Task<ShardsPicture> GetShardsAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(new ShardsPicture(100, [new RegionPicture(Node, [new ShardPicture(7, 3)])], [], []));

    public Task<WorkersPicture> GetWorkersAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(new WorkersPicture([new WorkerPicture(Node, 256, 12, 80.5, [new BackendPicture("main", 3, "503 from the provider")])]));

    public Task<CapacityPicture> GetCapacityAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(new CapacityPicture(1, 13, [new StationPicture(null, 1, [new WindowPicture(60, 13, 6000, 100, 100, 0.1, 0, 0.005, 0.5, 10, 10, null, new LawPicture(10.5, 10.5, 0.05, LawVerdict.Holds))])]));

    public Task<ConversationPage> ListAsync(ConversationFilter filter, CancellationToken cancellationToken = default)
    {
        Filter = filter;
        return Task.FromResult(new ConversationPage([new ConversationSummary("acme/order-4711", 5, "TurnFailed", Start)], null));
    }

    public Task<ConversationPicture?> GetConversationAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        Task.FromResult(conversation.Value == "acme/order-4711"
            ? new ConversationPicture("acme/order-4711", Start, 1, [new TurnSummary("m1", TurnState.Failed, Start, Start.AddSeconds(3), 2, "no such model")])
            : null);

    public Task<TurnLife?> ExplainAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        Task.FromResult(turn.Value != "m1" ? null : new TurnLife(
            conversation.Value, turn.Value, TurnState.Failed, Start, null, "gpt", Node, 0,
            [new AttemptLife(1, AttemptState.WorkerLost, "The worker was lost.", "10.0.0.2:4053", "main", null, Start, Start, null, Start.AddSeconds(2), Start.AddSeconds(2), null, null)],
            Start.AddSeconds(3), "no such model", null, null, null));

    public Task<DoctorReport> ExamineAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult(new DoctorReport(Node, Start, [new Finding("database", Severity.Bad, "It does not answer.", "Start it.")]));

    public Task LeaveAsync(string node, CancellationToken cancellationToken = default) => Order($"leave {node}");

    public Task DownAsync(string node, CancellationToken cancellationToken = default) => Order($"down {node}");

    public async Task<bool> DrainAsync(string node, TimeSpan patience, CancellationToken cancellationToken = default)
    {
        if (node != Node) throw new UnknownNodeException($"'{node}' is no member of the cluster; members are {Node}.");
        await Order($"drain {node} {patience.TotalSeconds}");
        return true;
    }

    public Task ResumeAsync(string node, CancellationToken cancellationToken = default) => Order($"resume {node}");

    public async Task<TurnAnswer> CancelAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default)
    {
        await Order($"cancel {conversation} {turn}");
        return new TurnPending(conversation, turn, 0, 0, "");
    }

    public async Task<TurnId> RequeueAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default)
    {
        await Order($"requeue {conversation} {turn}");
        return TurnId.Parse($"{turn}.again");
    }

    public Task<ApprovalsPicture> ListApprovalsAsync(string? tenant, CancellationToken cancellationToken = default) =>
        Task.FromResult(new ApprovalsPicture([new ApprovalPicture("acme/order-4711", "m1", "over-100", "service", "Refund 500?", Start)], []));

    public async Task<TurnAnswer> DecideAsync(ApprovalDecision decision, CancellationToken cancellationToken = default)
    {
        await Order($"decide {decision.Conversation} {decision.Turn} {decision.Step} {decision.Granted} by {decision.By}");
        return new TurnPending(decision.Conversation, decision.Turn, 0, 0, "");
    }

    private Task Order(string order)
    {
        Orders.Add(order);
        return Task.CompletedTask;
    }
}
