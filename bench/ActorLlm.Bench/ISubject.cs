namespace ActorLlm.Bench;

/// <summary>One way to make a turn durable: two rows, with a call to a model between them.</summary>
internal interface ISubject : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Runs one turn of a conversation and returns when its reply is durable.</summary>
    Task TurnAsync(int conversation, int turn);
}

/// <summary>The turn that every subject runs.</summary>
internal static class Workload
{
    public static readonly string Question = new('q', 200);
    public static readonly string Answer = new('a', 200);
}

/// <summary>A model's service time: constant zero, or a mean with a spread of 20% to either side.</summary>
internal sealed class ServiceTime(TimeSpan mean)
{
    public TimeSpan Mean => mean;

    /// <summary>The time of one call; the same for the same call, so that every subject waits equally long.</summary>
    public TimeSpan Of(int conversation, int turn)
    {
        if (mean == TimeSpan.Zero) return TimeSpan.Zero;
        // A fixed scatter over [0.8, 1.2): the golden ratio's multiples spread evenly.
        var fraction = (conversation * 0.6180339887 + turn * 0.4142135623) % 1.0;
        return mean * (0.8 + 0.4 * fraction);
    }
}
