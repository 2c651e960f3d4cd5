namespace ActorLlm.Chaos.Ledger;

/// <summary>What the clients of one turn did and saw. Written by one client at a time, read when all have ended.</summary>
/// <param name="conversation">The conversation's name, as in the header X-Conversation-Id.</param>
/// <param name="key">The turn's Idempotency-Key.</param>
/// <param name="prompt">The user message.</param>
internal sealed class TurnRecord(string conversation, string key, string prompt)
{
    private readonly List<string> _replies = new(1);
    private readonly List<DateTimeOffset> _failures = [];

    public string Conversation { get; } = conversation;

    public string Key { get; } = key;

    public string Prompt { get; } = prompt;

    public bool Streamed { get; init; }

    /// <summary>Whether its client leaves when the reply begins and stays away until all faults are over.</summary>
    public bool Unattended { get; init; }

    /// <summary>When it was first sent; null if it never was.</summary>
    public DateTimeOffset? FirstSent { get; private set; }

    /// <summary>When a status of 200 was first seen: from here on the turn must not be lost.</summary>
    public DateTimeOffset? Accepted { get; private set; }

    /// <summary>When the whole reply, or a final refusal, was first seen.</summary>
    public DateTimeOffset? Settled { get; private set; }

    /// <summary>The different whole replies that were seen; more than one is a violation.</summary>
    public IReadOnlyList<string> Replies => _replies;

    /// <summary>The final answer that was no reply.</summary>
    public string? Refusal { get; private set; }

    /// <summary>What was answered after the outcome was known and was not that outcome; null if nothing.</summary>
    public string? ToldOtherwise { get; private set; }

    /// <summary>The longest beginning of a reply in a stream that broke off.</summary>
    public string Beginning { get; private set; } = "";

    /// <summary>When requests failed and were sent again.</summary>
    public IReadOnlyList<DateTimeOffset> Failures => _failures;

    /// <summary>How many of them failed after their answer had begun.</summary>
    public int Broken { get; private set; }

    /// <summary>How often its reply was asked for again after it was seen.</summary>
    public int AskedAgain { get; private set; }

    public void NoteSent(DateTimeOffset now)
    {
        FirstSent ??= now;
        if (Settled is not null)
            AskedAgain++;
    }

    public void NoteAccepted(DateTimeOffset now) => Accepted ??= now;

    public void NoteReply(DateTimeOffset now, string text)
    {
        if (_replies.Contains(text))
            return;
        if (Settled is not null)
            ToldOtherwise ??= $"another reply, '{text}'";
        Settled ??= now;
        _replies.Add(text);
    }

    public void NoteRefusal(DateTimeOffset now, string refusal)
    {
        if (Settled is not null && Refusal != refusal)
            ToldOtherwise ??= $"no reply, {refusal}";
        else
            Refusal = refusal;
        Settled ??= now;
    }

    public void NoteFailure(DateTimeOffset now, bool broken)
    {
        _failures.Add(now);
        if (broken)
            Broken++;
    }

    public void NoteBeginning(string text)
    {
        if (text.Length > Beginning.Length)
            Beginning = text;
    }
}
