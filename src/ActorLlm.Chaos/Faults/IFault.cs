namespace ActorLlm.Chaos.Faults;

/// <summary>One fault of a run: injected once, and always undone.</summary>
internal interface IFault
{
    /// <summary>What it strikes, in a few words that stand after its kind, for example <c>node 2</c>.</summary>
    string Target { get; }

    /// <summary>Whether it waited for a moment that did not come, and nothing was done.</summary>
    bool Missed => false;

    /// <summary>Brings it about, and comes back when it is in force.</summary>
    Task InjectAsync(CancellationToken cancellationToken);

    /// <summary>Undoes it. Called once, also when <see cref="InjectAsync"/> threw or was broken off half-way, and must be safe then.</summary>
    /// <param name="hurry">Cuts waits between its steps short; the steps are taken all the same.</param>
    Task HealAsync(CancellationToken hurry);
}
