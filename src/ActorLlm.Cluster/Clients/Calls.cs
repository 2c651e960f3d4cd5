using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Cluster.Clients;

/// <summary>A submission under way, and the callers who wait for its outcome.</summary>
internal sealed class Call(SubmitTurn submit, ulong check, DateTimeOffset giveUpAt)
{
    public SubmitTurn Submit { get; } = submit;

    /// <summary>The content's <see cref="TurnContent.Check"/>.</summary>
    public ulong Check { get; } = check;

    public DateTimeOffset GiveUpAt { get; } = giveUpAt;

    public List<ITurnSink> Sinks { get; } = new(1);

    public bool Accepted { get; set; }

    /// <summary>How many turns of the conversation were unfinished when it was heard from last; null where nobody said.</summary>
    public int? Unfinished { get; set; }

    public int Sends { get; set; }

    public DateTimeOffset AskAt { get; set; }

    public void Each(Action<ITurnSink> action)
    {
        foreach (var sink in Sinks) action(sink);
    }
}

/// <summary>
/// The calls of a node. Two of one turn id with different contents are two calls: which of them the turn belongs to only its conversation knows,
/// and each answer says which content it is about. An answer to one, and one that comes late, must not be taken for an answer to the other.
/// </summary>
internal sealed class Calls
{
    // Almost always one call for an id.
    private readonly Dictionary<(ConversationId, TurnId), List<Call>> _byTurn = [];

    public IEnumerable<Call> All => _byTurn.Values.SelectMany(calls => calls);

    public bool Any => _byTurn.Count > 0;

    public Call FindOrAdd(SubmitTurn submit, DateTimeOffset giveUpAt)
    {
        var key = (submit.Conversation, submit.Turn);
        if (!_byTurn.TryGetValue(key, out var calls)) _byTurn[key] = calls = new List<Call>(1);
        var check = submit.Content.Check();
        if (calls.Find(call => call.Check == check) is { } known) return known;
        var added = new Call(submit, check, giveUpAt);
        calls.Add(added);
        return added;
    }

    /// <summary>The call that an answer is for. One that names no content is about a turn that was accepted before.</summary>
    public Call? Find(TurnAnswer answer) => _byTurn.TryGetValue((answer.Conversation, answer.Turn), out var calls)
        ? calls.Find(call => answer.ContentCheck == 0 ? call.Accepted : call.Check == answer.ContentCheck)
        : null;

    /// <summary>The call whose content is known to be the turn's.</summary>
    public Call? FindAccepted(ConversationId conversation, TurnId turn) =>
        _byTurn.TryGetValue((conversation, turn), out var calls) ? calls.Find(call => call.Accepted) : null;

    public Call? FindBySink(ConversationId conversation, TurnId turn, ITurnSink sink) =>
        _byTurn.TryGetValue((conversation, turn), out var calls) ? calls.Find(call => call.Sinks.Contains(sink)) : null;

    public void Remove(Call call)
    {
        var key = (call.Submit.Conversation, call.Submit.Turn);
        if (_byTurn.TryGetValue(key, out var calls) && calls.Remove(call) && calls.Count == 0) _byTurn.Remove(key);
    }
}
