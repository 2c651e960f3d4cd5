namespace ActorLlm.Processes;

/// <summary>How to start a server process of this product.</summary>
/// <param name="Name">What to call it in messages, for example <c>node-1</c>.</param>
/// <param name="AssemblyPath">The .dll to run with <c>dotnet</c>.</param>
/// <param name="Arguments">The command line after the .dll.</param>
/// <param name="WorkingFolder">The process's current folder; made when it is not there.</param>
public sealed record ServerStart(string Name, string AssemblyPath, IReadOnlyList<string> Arguments, string WorkingFolder)
{
    /// <summary>A command to start the process through, which replaces itself by it (as <c>ip netns exec NAME</c> does); empty for none.</summary>
    public IReadOnlyList<string> Through { get; init; } = [];

    /// <summary>Variables to set; a null value removes one that would be inherited.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Inherited variables whose names start so (in any case) are removed before <see cref="Environment"/> is applied.</summary>
    public IReadOnlyList<string> DropInherited { get; init; } = [];

    /// <summary>Where to append all output, or null to keep only the last lines in memory.</summary>
    public string? LogFile { get; init; }

    /// <summary>Called for each line of output, from the threads that read it. Must not block.</summary>
    public Action<string>? OnLine { get; init; }
}
