using ActorLlm.Domain;
using Akka.Actor;

namespace ActorLlm.Cluster.Conversations;

/// <summary>A client that waits for a turn.</summary>
internal readonly record struct Follower(IActorRef Client, bool Stream);

/// <summary>
/// Who waits for which turn. It lives in memory only: a follower that hears nothing asks again, so a conversation that moved or crashed
/// owes nobody a memory of it.
/// </summary>
internal sealed class Followers
{
    // Null while nobody waits: most conversations in memory are at rest.
    private Dictionary<TurnId, List<Follower>>? _byTurn;

    public void Add(TurnId turn, IActorRef client, bool stream)
    {
        _byTurn ??= [];
        if (!_byTurn.TryGetValue(turn, out var followers)) _byTurn[turn] = followers = new List<Follower>(1);
        var known = followers.FindIndex(follower => follower.Client.Equals(client));
        if (known >= 0)
        {
            followers[known] = new Follower(client, stream || followers[known].Stream);
            return;
        }

        if (followers.Count == Limits.MaxFollowers) followers.RemoveAt(0);
        followers.Add(new Follower(client, stream));
    }

    public IReadOnlyList<Follower> Of(TurnId turn) => _byTurn is not null && _byTurn.TryGetValue(turn, out var followers) ? followers : [];

    /// <summary>Forgets and gives those who waited for a turn.</summary>
    public IReadOnlyList<Follower> Take(TurnId turn)
    {
        if (_byTurn is null || !_byTurn.Remove(turn, out var followers)) return [];
        if (_byTurn.Count == 0) _byTurn = null;
        return followers;
    }
}
