namespace ActorLlm.Chaos.Load;

/// <summary>How one request ended.</summary>
internal abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>The whole reply.</summary>
    public sealed record Reply(string Text) : Answer;

    /// <summary>An answer that sending again cannot change.</summary>
    public sealed record Refusal(string Text) : Answer;

    /// <summary>To be sent again.</summary>
    /// <param name="Reason">One of a few words, for counting.</param>
    /// <param name="Wait">What the server asked to wait.</param>
    public sealed record Retry(string Reason, TimeSpan Wait = default) : Answer
    {
        /// <summary>Whether the answer had begun: clients of OpenAI do not send again by themselves then.</summary>
        public bool Broken { get; init; }
    }

    /// <summary>The client left when the reply began.</summary>
    public sealed record Left : Answer;
}
