using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;

namespace ActorLlm.Gateway.Tests;

/// <summary>Conversations in memory that follow the product's own rules; a script makes the replies.</summary>
public sealed class DecidedConversations : IConversations, IConversationRecords
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);

    private readonly Lock _lock = new();
    private readonly Dictionary<ConversationId, (ConversationState State, List<ConversationEvent> Journal)> _all = [];

    /// <summary>What a turn ends with, given the history and its content; null while it is to stay unfinished.</summary>
    public Func<ImmutableArray<Exchange>, TurnContent, AttemptEnd?> Script { get; set; } =
        (_, content) => new AttemptEnd.Succeeded(new Reply("re: " + content.Messages[^1].Text, "sim-1-2026", "sim", "stop", new Usage(11, 7)));

    public Task<TurnAnswer> SubmitAsync(TurnRequest request, CancellationToken cancellationToken = default) => Task.FromResult(Submit(request));

    public Task<TurnSettled> CompleteAsync(TurnRequest request, CancellationToken cancellationToken = default) =>
        Submit(request) is TurnSettled settled ? Task.FromResult(settled) : NeverAsync<TurnSettled>(cancellationToken);

    public async IAsyncEnumerable<TurnUpdate> StreamAsync(TurnRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var answer = Submit(request);
        yield return new TurnUpdate.Accepted { Unfinished = answer.Unfinished };
        if (answer is not TurnSettled settled) settled = await NeverAsync<TurnSettled>(cancellationToken);
        if (settled.Outcome is Outcome.Committed { Reply.Text: var text })
        {
            for (var at = 0; at < text.Length; at += 3) yield return new TurnUpdate.Text(text.Substring(at, Math.Min(3, text.Length - at)));
        }

        yield return new TurnUpdate.Settled(settled, Diverged: false);
    }

    public Task<TurnAnswer> GetAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        Task.FromResult(Standing(new GetTurn(conversation, turn)));

    public Task<TurnAnswer> CancelAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        Task.FromResult(Standing(new CancelTurn(conversation, turn)));

    public Task<TurnAnswer> AcknowledgeAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        Task.FromResult(Standing(new AcknowledgeReply(conversation, turn)));

    public Task<ConversationView> GetAsync(ConversationId conversation, CancellationToken cancellationToken = default) => Task.FromResult(View(conversation));

    Task<ConversationView> IConversationRecords.GetAsync(ConversationId conversation, CancellationToken cancellationToken) =>
        Task.FromResult(View(conversation) with { History = [] });

    public Task<TurnRecord> ReadAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var standing = Standing(new ReadTurn(conversation, turn));
            var accepted = _all[conversation].Journal.OfType<TurnAccepted>().Single(e => e.Turn == turn);
            return Task.FromResult(new TurnRecord(standing, accepted.Content, accepted.At));
        }
    }

    public Task DeleteAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) => ViewAfter(new DeleteTurn(conversation, turn));

    public async Task<ConversationView> MakeAsync(
        ConversationId conversation, TurnId key, string metadata, ImmutableArray<Message> messages, CancellationToken cancellationToken = default)
    {
        var request = DescribeConversation.RequestOf(metadata, messages);
        var view = await ViewAfter(new DescribeConversation(conversation, TurnId.Parse("make"), metadata, MustExist: false) { Request = request });
        if (!messages.IsEmpty) await AddAsync(conversation, key, messages, cancellationToken);
        return view;
    }

    public Task<ConversationView> DescribeAsync(ConversationId conversation, string metadata, bool mustExist, CancellationToken cancellationToken = default) =>
        ViewAfter(new DescribeConversation(conversation, TurnId.Parse("describe"), metadata, mustExist));

    public Task DeleteAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        ViewAfter(new DeleteConversation(conversation, TurnId.Parse("delete")));

    public Task AddAsync(ConversationId conversation, TurnId key, ImmutableArray<Message> messages, CancellationToken cancellationToken = default) =>
        ViewAfter(new AddItems(conversation, key, messages));

    public Task<ConversationView> DeleteItemAsync(ConversationId conversation, TurnId turn, int position, CancellationToken cancellationToken = default) =>
        ViewAfter(new DeleteItem(conversation, turn, position));

    private static async Task<T> NeverAsync<T>(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("It never ends.");
    }

    private TurnAnswer Submit(TurnRequest request)
    {
        lock (_lock)
        {
            var submit = new SubmitTurn(request.Conversation, request.Turn, request.Content, request.Overlap, request.Deadline, Follow: true, Stream: false)
            {
                After = request.After,
                MustExist = request.MustExist,
            };
            Do(submit);
            var state = StateOf(request.Conversation);
            if (state.Head is { } head && Script([.. state.History], head.Content) is { } end)
                Apply(request.Conversation, Decider.Decide(state, new AttemptKey(request.Conversation, head.Id, head.NextAttempt), end, Circumstances()));
            return Standing(new GetTurn(request.Conversation, request.Turn));
        }
    }

    private TurnAnswer Standing(ConversationCommand command)
    {
        lock (_lock)
        {
            Do(command);
            var (state, journal) = _all[command.Conversation];
            var reply = journal.OfType<ReplyCommitted>().LastOrDefault(e => e.Turn == command.Turn)?.Reply;
            return Decider.Standing(command.Conversation, state, command.Turn, reply)!;
        }
    }

    private Task<ConversationView> ViewAfter(ConversationCommand command)
    {
        lock (_lock)
        {
            Do(command);
            return Task.FromResult(View(command.Conversation) with { History = [] });
        }
    }

    private ConversationView View(ConversationId conversation)
    {
        lock (_lock)
        {
            var state = StateOf(conversation);
            return new ConversationView(conversation, state.SettledCount, [.. state.Pending.Select(turn => turn.Id)], [.. state.History])
            {
                Exists = state.Exists,
                CreatedAt = state.CreatedAt,
                Metadata = state.Metadata,
            };
        }
    }

    private void Do(ConversationCommand command)
    {
        var decision = Decider.Decide(StateOf(command.Conversation), command, Circumstances());
        if (decision.Answer is DecisionAnswer.Rejected rejected) throw new TurnRejectedException(rejected.Code, rejected.Reason);
        Apply(command.Conversation, decision.Events);
    }

    private void Apply(ConversationId conversation, ImmutableArray<ConversationEvent> events)
    {
        var (state, journal) = _all.GetValueOrDefault(conversation, (ConversationState.Empty, []));
        journal.AddRange(events);
        _all[conversation] = (events.Aggregate(state, ConversationEvolve.Apply), journal);
    }

    private ConversationState StateOf(ConversationId conversation) => _all.TryGetValue(conversation, out var known) ? known.State : ConversationState.Empty;

    private static Circumstances Circumstances() => new(At, 0, ConversationPolicy.Default);
}
