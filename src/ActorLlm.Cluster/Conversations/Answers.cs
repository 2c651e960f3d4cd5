using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Decider = ActorLlm.Domain.Conversations.Decider;

namespace ActorLlm.Cluster.Conversations;

/// <summary>What those who ask a conversation are told, from its state; what has left memory is looked up in the journal.</summary>
internal sealed class Answers(ConversationId id, ConversationState state, Lookup lookup, IActorRef self, HeadRun? run, string home)
{
    /// <summary>Answers a request that was not refused, when what follows from it is durable.</summary>
    public void Tell(ConversationCommand command, IActorRef client)
    {
        switch (command)
        {
            case DeleteItem or DeleteTurn or DescribeConversation or DeleteConversation:
                client.Tell(View(withoutHistory: true), self);
                break;
            case ReadTurn when state.IndexOfPending(command.Turn) is >= 0 and var index:
                var pending = state.Pending[index];
                client.Tell(new TurnRecord(Decider.Standing(id, state, command.Turn)!, pending.Content, pending.AcceptedAt), self);
                break;
            case InspectTurn:
                client.Tell(Insights.OfTurn(id, state, command.Turn, run, home), self);
                break;
            case ReadTurn:
                _ = lookup.TellRecordAsync(command.Turn, state.Settled[command.Turn], client, self);
                break;
            default:
                TellStanding(command.Turn, client);
                break;
        }
    }

    /// <summary>Tells how a turn stands.</summary>
    /// <param name="turn">A turn that the conversation knows.</param>
    /// <param name="client">Who asked.</param>
    /// <param name="reply">Its reply, where it is at hand.</param>
    public void TellStanding(TurnId turn, IActorRef client, Reply? reply = null)
    {
        if (Decider.Standing(id, state, turn, reply) is { } standing) client.Tell(standing, self);
        else _ = lookup.TellSettledAsync(turn, state.Settled[turn], client, self);
    }

    /// <summary>What the conversation holds.</summary>
    public ConversationView View(bool withoutHistory) => new(
        id, state.SettledCount, [.. state.Pending.Select(turn => turn.Id)], withoutHistory ? [] : [.. state.History])
    {
        Exists = state.Exists,
        CreatedAt = state.CreatedAt,
        Metadata = state.Metadata,
    };
}
