using ActorLlm.Cluster;
using ActorLlm.Cluster.Clients;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Microsoft.Extensions.Options;

namespace ActorLlm.Hosting;

/// <summary>Asks conversations until they answer, and says in this room's words why they did not.</summary>
internal sealed class ClusterAsk(ClusterDoor door, IOptions<ActorLlmOptions> options, TimeProvider time)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>What a failure is to a caller; null where it is none of the cluster's.</summary>
    public static Exception? Translate(Exception error) => error switch
    {
        TurnRefusedException refused => new TurnRejectedException(refused.Rejected.Code, refused.Rejected.Reason),
        AcceptanceUnknownException or ClientStoppedException => new ConversationsUnavailableException(error.Message, RetryAfter),
        _ => null,
    };

    public async ValueTask<NodeRefs> EnterAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await door.EnterAsync(options.Value.AcceptTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new ConversationsUnavailableException("The node has not started yet.", RetryAfter);
        }
    }

    /// <summary>Asks about a turn.</summary>
    /// <exception cref="TurnRejectedException">The conversation refused.</exception>
    public async Task<TurnAnswer> AskTurnAsync(ConversationCommand command, CancellationToken cancellationToken) =>
        Answered<TurnAnswer>(await AskAsync<IWithConversationId>(command, cancellationToken).ConfigureAwait(false));

    /// <summary>Asks about a conversation.</summary>
    /// <exception cref="TurnRejectedException">The conversation refused.</exception>
    public async Task<ConversationView> AskViewAsync(ConversationCommand command, CancellationToken cancellationToken) =>
        Answered<ConversationView>(await AskAsync<IWithConversationId>(command, cancellationToken).ConfigureAwait(false));

    /// <summary>Asks for what an operator may know of a turn; null where the conversation has none such.</summary>
    public async Task<TurnInsight?> AskInsightAsync(InspectTurn command, CancellationToken cancellationToken) =>
        await AskAsync<IWithConversationId>(command, cancellationToken).ConfigureAwait(false) as TurnInsight;

    /// <summary>Asks until there is an answer; every command may be sent any number of times.</summary>
    public async Task<T> AskAsync<T>(object message, CancellationToken cancellationToken)
    {
        var refs = await EnterAsync(cancellationToken).ConfigureAwait(false);
        var patience = options.Value.AcceptTimeout;
        var started = time.GetTimestamp();
        while (true)
        {
            if (door.Ended.IsCancellationRequested) throw Translate(new ClientStoppedException())!;
            var left = patience - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) throw Translate(new AcceptanceUnknownException(patience))!;
            try
            {
                return await refs.Region.Ask<T>(message, left < AskTimeout ? left : AskTimeout, cancellationToken).ConfigureAwait(false);
            }
            catch (AskTimeoutException)
            {
                // The first wait was already longer than any pause that would spread the callers out.
            }
        }
    }

    private static T Answered<T>(IWithConversationId answer) where T : IWithConversationId =>
        answer is TurnRejected rejected ? throw new TurnRejectedException(rejected.Code, rejected.Reason) : (T)answer;
}
