using System.Diagnostics;
using System.Runtime.CompilerServices;
using ActorLlm.Cluster;
using ActorLlm.Cluster.Clients;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;

namespace ActorLlm.Hosting;

/// <summary>The conversations, through this node's part of the cluster.</summary>
internal sealed class ClusterConversations(ClusterDoor door, ClusterAsk cluster, ContentCheck check) : IConversations
{
    public async Task<TurnAnswer> SubmitAsync(TurnRequest request, CancellationToken cancellationToken = default)
    {
        using var span = TurnSpan.Begin(request);
        var answer = await AskTurnAsync(Submission(request, span), cancellationToken).ConfigureAwait(false);
        TurnSpan.Answered(span, answer);
        return answer;
    }

    public async Task<TurnSettled> CompleteAsync(TurnRequest request, CancellationToken cancellationToken = default)
    {
        using var span = TurnSpan.Begin(request);
        var sink = new OutcomeSink();
        var refs = await JoinAsync(request, span, sink, cancellationToken).ConfigureAwait(false);
        using var ended = FailAtTheEnd(sink);
        try
        {
            var settled = await sink.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
            TurnSpan.Answered(span, settled);
            return settled;
        }
        catch (OperationCanceledException)
        {
            refs.Client.Tell(new Leave(request.Conversation, request.Turn, sink));
            throw;
        }
        catch (Exception error) when (ClusterAsk.Translate(error) is { } translated)
        {
            throw translated;
        }
    }

    public async IAsyncEnumerable<TurnUpdate> StreamAsync(
        TurnRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var span = TurnSpan.Begin(request);
        var sink = new StreamSink();
        var refs = await JoinAsync(request, span, sink, cancellationToken).ConfigureAwait(false);
        using var ended = FailAtTheEnd(sink);
        try
        {
            while (await WaitAsync(sink, cancellationToken).ConfigureAwait(false))
            {
                while (sink.Items.TryRead(out var item))
                {
                    if (item.Settled is { } settled) TurnSpan.Answered(span, settled);
                    yield return UpdateOf(item);
                }
            }
        }
        finally
        {
            refs.Client.Tell(new Leave(request.Conversation, request.Turn, sink));
        }
    }

    public Task<TurnAnswer> GetAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        AskTurnAsync(new GetTurn(conversation, turn), cancellationToken);

    public Task<ConversationView> GetAsync(ConversationId conversation, CancellationToken cancellationToken = default) =>
        cluster.AskAsync<ConversationView>(new GetConversation(conversation), cancellationToken);

    public Task<TurnAnswer> CancelAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        AskTurnAsync(new CancelTurn(conversation, turn), cancellationToken);

    public Task<TurnAnswer> AcknowledgeAsync(ConversationId conversation, TurnId turn, CancellationToken cancellationToken = default) =>
        AskTurnAsync(new AcknowledgeReply(conversation, turn), cancellationToken);

    private static TurnUpdate UpdateOf(StreamItem item) => item switch
    {
        { Settled: { } settled } => new TurnUpdate.Settled(settled, item.Diverged),
        { Text: { } text } => new TurnUpdate.Text(text),
        _ => new TurnUpdate.Accepted { Unfinished = item.Unfinished },
    };

    private static async ValueTask<bool> WaitAsync(StreamSink sink, CancellationToken cancellationToken)
    {
        try
        {
            return await sink.Items.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (ClusterAsk.Translate(error) is { } translated)
        {
            throw translated;
        }
    }

    private static SubmitTurn Submission(TurnRequest request, Activity? span) => new(
        request.Conversation, request.Turn, request.Content, request.Overlap, request.Deadline, Follow: false, Stream: false)
    {
        After = request.After,
        MustExist = request.MustExist,
        Trace = Traces.Of(span),
    };

    private async Task<NodeRefs> JoinAsync(TurnRequest request, Activity? span, ITurnSink sink, CancellationToken cancellationToken)
    {
        // What cannot be right is refused here, before it becomes a frame: a frame too large would be dropped in silence.
        check.Turn(request.Content);
        var refs = await cluster.EnterAsync(cancellationToken).ConfigureAwait(false);
        refs.Client.Tell(new Join(Submission(request, span), sink));
        return refs;
    }

    /// <summary>The client actor fails the callers it knows when it stops; one that it never heard of, since it had stopped, would wait for ever.</summary>
    private CancellationTokenRegistration FailAtTheEnd(ITurnSink sink) =>
        door.Ended.UnsafeRegister(static sink => ((ITurnSink)sink!).Failed(new ClientStoppedException()), sink);

    private async Task<TurnAnswer> AskTurnAsync(ConversationCommand command, CancellationToken cancellationToken)
    {
        if (command is SubmitTurn submit) check.Turn(submit.Content);
        return await cluster.AskTurnAsync(command, cancellationToken).ConfigureAwait(false);
    }
}
