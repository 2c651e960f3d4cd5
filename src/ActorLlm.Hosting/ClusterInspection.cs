using ActorLlm.Cluster;
using ActorLlm.Cluster.Inspection;
using ActorLlm.Cluster.Persistence;
using ActorLlm.Domain;
using ActorLlm.Domain.Capacity;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using ActorLlm.Inspection;
using Akka.Actor;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>What an operator sees, through this node's part of the cluster and its database.</summary>
internal sealed class ClusterInspection(ClusterDoor door, ClusterAsk cluster, IOptions<ActorLlmOptions> options, TimeProvider time) : IInspection
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly ConversationLister _lister = new(options.Value.Journal());

    public async Task<ClusterPicture> GetClusterAsync(CancellationToken cancellationToken = default)
    {
        await cluster.EnterAsync(cancellationToken).ConfigureAwait(false);
        // The members are worth seeing most of all while there is no coordinator.
        var workers = await OrNullAsync(GetWorkersAsync(cancellationToken)).ConfigureAwait(false);
        return ClusterReader.Picture(Akka.Cluster.Cluster.Get(door.System!), workers ?? new WorkersPicture([]));
    }

    public async Task<ShardsPicture> GetShardsAsync(CancellationToken cancellationToken = default)
    {
        var refs = await cluster.EnterAsync(cancellationToken).ConfigureAwait(false);
        var nodes = await ShardReader.ReadAsync(door.System!).ConfigureAwait(false);
        var moves = await AskAsync<Moves>(refs.ShardWatch, GetMoves.Instance, "The watch over the shards", cancellationToken).ConfigureAwait(false);
        return new ShardsPicture(
            Limits.Shards,
            [.. nodes.Where(node => node.Shards is not null).Select(node => new RegionPicture(node.Node, node.Shards!))],
            [.. nodes.Where(node => node.Shards is null).Select(node => node.Node)],
            moves.Latest);
    }

    public async Task<WorkersPicture> GetWorkersAsync(CancellationToken cancellationToken = default)
    {
        return ClusterReader.Picture(await AskCoordinatorAsync<WorkerList>(GetWorkers.Instance, cancellationToken).ConfigureAwait(false));
    }

    public async Task<CapacityPicture> GetCapacityAsync(CancellationToken cancellationToken = default) =>
        CapacityPictures.Of(await AskCoordinatorAsync<CapacityReport>(GetCapacity.Instance, cancellationToken).ConfigureAwait(false));

    public Task<ConversationPage> ListAsync(ConversationFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filter.Limit, ConversationFilter.MaxLimit);
        return ReadAsync(stop => _lister.ListAsync(filter, stop), cancellationToken);
    }

    public async Task<ConversationPicture?> GetConversationAsync(ConversationId conversation, CancellationToken cancellationToken = default)
    {
        var insight = await cluster.AskAsync<ConversationInsight>(new InspectConversation(conversation), cancellationToken).ConfigureAwait(false);
        if (!insight.Exists) return null;
        var unknown = insight.Turns.Where(turn => turn is { AcceptedAt: null, AcceptedNr: > 0 }).Select(turn => turn.AcceptedNr).ToArray();
        var times = await ReadAsync(stop => Turns().AcceptedAtAsync(conversation, unknown, stop), cancellationToken).ConfigureAwait(false);
        return new ConversationPicture(
            conversation.Value,
            insight.CreatedAt,
            insight.TurnsSettled,
            [.. insight.Turns.Select(turn => new TurnSummary(
                turn.Turn.Value,
                TurnLives.StateOf(turn.Phase),
                turn.AcceptedAt ?? (times.TryGetValue(turn.AcceptedNr, out var at) ? at : null),
                turn.SettledAt,
                turn.Attempts,
                turn.Reason))]);
    }

    public async Task<TurnLife?> ExplainAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default)
    {
        var left = Limits.MaxTreeTurns;
        return await TreeAsync(conversation, turn).ConfigureAwait(false);

        async Task<TurnLife?> TreeAsync(ConversationId id, TurnId of)
        {
            if (--left < 0 || await LifeAsync(id, of, cancellationToken).ConfigureAwait(false) is not { } life) return null;
            var steps = life.Steps.ToArray();
            for (var index = 0; index < steps.Length; index++)
            {
                if (steps[index].Conversation is { } child)
                    steps[index] = WithChild(steps[index], await TreeAsync(ConversationId.Parse(child), ChildTurn.IdOf(steps[index].Key)).ConfigureAwait(false));
            }

            return life with { Steps = steps };
        }
    }

    public async Task<ApprovalsPicture> ListApprovalsAsync(string? tenant, CancellationToken cancellationToken = default)
    {
        var asking = await AskCoordinatorAsync<AskingList>(GetAsking.Instance, cancellationToken).ConfigureAwait(false);
        var ids = asking.Conversations.Select(ConversationId.Parse).Where(id => tenant is null || id.Tenant == tenant).ToArray();
        var lists = await Task.WhenAll(ids.Select(id => OrNullAsync(cluster.AskAsync<ApprovalList>(new GetApprovals(id), cancellationToken)))).ConfigureAwait(false);
        return new ApprovalsPicture(
            [
                .. lists.OfType<ApprovalList>()
                    .SelectMany(list => list.Approvals.Select(approval => new ApprovalPicture(
                        list.Conversation.Value, approval.Turn.Value, approval.Step, approval.Module, approval.Question, approval.At)))
                    .OrderBy(approval => approval.AskedAt),
            ],
            [.. ids.Where((_, index) => lists[index] is null).Select(id => id.Value)]);
    }

    public async Task<DoctorReport> ExamineAsync(CancellationToken cancellationToken = default)
    {
        await cluster.EnterAsync(cancellationToken).ConfigureAwait(false);
        var (system, journal) = (door.System!, options.Value.Journal());
        var membership = Akka.Cluster.Cluster.Get(system);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(Limits.InspectionPatience);
        var database = new DatabaseCheck(journal, time);
        var (stored, members, workers, clocks, unfinished, second) = (
            database.ExamineAsync(stop.Token),
            GetClusterAsync(cancellationToken),
            OrNullAsync(GetWorkersAsync(cancellationToken)),
            NodeReader.ClocksAsync(system, time, cancellationToken),
            OrNullAsync(AskCoordinatorAsync<UnfinishedList>(GetUnfinished.Instance, cancellationToken)),
            ClusterCheck.SecondClusterAsync(membership, journal, stop.Token));
        var (findings, databaseAhead) = await stored.ConfigureAwait(false);
        var since = (await unfinished.ConfigureAwait(false))?.Since;
        // What was asked so far may have used up the time that one question has.
        using var later = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        later.CancelAfter(Limits.InspectionPatience);
        return new DoctorReport(membership.SelfAddress.Place(), time.GetUtcNow(),
        [
            .. findings,
            .. ClusterCheck.Members(await members.ConfigureAwait(false)),
            await second.ConfigureAwait(false),
            ClusterCheck.Clocks(await clocks.ConfigureAwait(false), databaseAhead),
            .. CertificateCheck.Of(options.Value.Cluster.Tls, time.GetUtcNow()),
            .. ClusterCheck.Workers(await workers.ConfigureAwait(false)),
            await database.ExamineUnfinishedAsync(since, later.Token).ConfigureAwait(false),
            await database.ExamineOutboxAsync(later.Token).ConfigureAwait(false),
        ]);
    }

    private async Task<TurnLife?> LifeAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken)
    {
        var insight = await cluster.AskInsightAsync(new InspectTurn(conversation, turn), cancellationToken).ConfigureAwait(false);
        if (insight is null) return null;
        return TurnLives.Of(insight, await ReadAsync(stop => Turns().ReadAsync(insight, stop), cancellationToken).ConfigureAwait(false));
    }

    // What a parent that has its outcome left behind only the child itself tells.
    private static StepLife WithChild(StepLife step, TurnLife? child) => (step.State, child?.State) switch
    {
        (StepState.Open, TurnState.Cancelled) => step with { Child = child, State = StepState.Cancelled, EndedAt = child!.SettledAt },
        (StepState.Open, TurnState.Failed) => step with { Child = child, State = StepState.Failed, EndedAt = child!.SettledAt },
        (StepState.Open, TurnState.Committed) => step with { Child = child, State = StepState.Done, EndedAt = child!.SettledAt },
        _ => step with { Child = child },
    };

    private TurnReader Turns() => new(options.Value.Journal(), door.System!.Serialization);

    private static async Task<T?> OrNullAsync<T>(Task<T> answer) where T : class
    {
        try
        {
            return await answer.ConfigureAwait(false);
        }
        catch (ConversationsUnavailableException)
        {
            return null;
        }
    }

    private async Task<T> AskCoordinatorAsync<T>(object question, CancellationToken cancellationToken)
    {
        var refs = await cluster.EnterAsync(cancellationToken).ConfigureAwait(false);
        return await AskAsync<T>(refs.Coordinator, question, "The coordinator", cancellationToken).ConfigureAwait(false);
    }

    private static async Task<T> AskAsync<T>(IActorRef actor, object question, string who, CancellationToken cancellationToken)
    {
        try
        {
            return await actor.Ask<T>(question, Limits.InspectionPatience, cancellationToken).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            throw new ConversationsUnavailableException(
                $"{who} did not answer within {Limits.InspectionPatience.TotalSeconds:0} s: the cluster is forming, or its oldest node has just been lost.", RetryAfter);
        }
    }

    private static async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        stop.CancelAfter(Limits.InspectionPatience);
        try
        {
            // SQLite works without looking at the token.
            return await read(stop.Token).WaitAsync(stop.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested
                                      && (error is OperationCanceledException || DatabaseLoss.IsMeantBy(error)))
        {
            throw new ConversationsUnavailableException("The database does not answer.", RetryAfter);
        }
    }
}
