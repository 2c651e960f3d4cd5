using ActorLlm.Chaos.Servers;

namespace ActorLlm.Chaos.Faults;

/// <summary>Something that is done to the database, and what undoes it.</summary>
/// <param name="target">What it strikes.</param>
/// <param name="inject">Does it.</param>
/// <param name="heal">Undoes it; harmless where nothing was done.</param>
internal sealed class DatabaseFault(string target, Func<CancellationToken, Task> inject, Func<Task> heal) : IFault
{
    public string Target => target;

    /// <summary>pg_terminate_backend of every connection, once.</summary>
    public static DatabaseFault Terminate(Rig rig) =>
        new("all connections", rig.Database.TerminateConnectionsAsync, () => Task.CompletedTask);

    /// <summary>The server is stopped, and started when the fault is over.</summary>
    public static DatabaseFault Restart(Rig rig) => new("PostgreSQL, stopped in order", rig.Database.StopAsync, rig.Database.StartAgainAsync);

    /// <summary>The server ends as in a power cut, and goes through crash recovery when the fault is over.</summary>
    public static DatabaseFault Crash(Rig rig) => new("PostgreSQL, stopped at once", rig.Database.CrashAsync, rig.Database.StartAgainAsync);

    /// <summary>The proxy between nodes and database does something else than to pass bytes on.</summary>
    public static DatabaseFault Proxy(Rig rig, ProxyMode mode, string target) => new(
        target,
        cancellationToken => rig.Database.Proxy!.SwitchAsync(mode),
        () => rig.Database.Proxy!.SwitchAsync(ProxyMode.Pass));

    public Task InjectAsync(CancellationToken cancellationToken) => inject(cancellationToken);

    public Task HealAsync(CancellationToken hurry) => heal();
}
