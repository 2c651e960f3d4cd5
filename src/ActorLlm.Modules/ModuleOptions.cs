namespace ActorLlm.Modules;

/// <summary>How a module is run: the configuration section <c>ActorLlm:Modules:{name}</c>, the same on every node.</summary>
public sealed class ModuleOptions
{
    /// <summary>The section that holds all modules.</summary>
    public const string Section = "ActorLlm:Modules";

    /// <summary>Longest name, in characters.</summary>
    public const int MaxNameLength = 64;

    /// <summary>The backend model behind <see cref="ModuleTurn.Client"/>; empty, the default, for the default model.</summary>
    public string Model { get; set; } = "";

    /// <summary>Attempts of this module at once on one node: 1 to 100000, default 64. Further ones wait, and hold up nothing else.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>Longest time of one attempt, steps that are waited for elsewhere aside: 100 ms to 1 day, default 5 min.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The role of the nodes whose workers run it, one of <c>ActorLlm:Roles</c> there; empty, the default, for every worker.</summary>
    public string Role { get; set; } = "";

    /// <summary>What is wrong with a module of this name and these options, a line each that names the key, its value and what is allowed; empty when nothing is.</summary>
    public IEnumerable<string> Errors(string name)
    {
        if (!IsName(name))
        {
            yield return $"{Section} has '{name}'; a module's name has 1 to {MaxNameLength} letters, digits, '.', '_' or '-'.";
            yield break;
        }

        if (Concurrency is < 1 or > 100_000) yield return $"{Section}:{name}:{nameof(Concurrency)} is {Concurrency}; allowed is 1 to 100000.";
        if (Timeout < TimeSpan.FromMilliseconds(100) || Timeout > TimeSpan.FromDays(1))
            yield return $"{Section}:{name}:{nameof(Timeout)} is {Timeout}; allowed is 00:00:00.100 to 1.00:00:00.";
        if (Role.Length > 0 && !IsName(Role))
            yield return $"{Section}:{name}:{nameof(Role)} is '{Role}'; expected 1 to {MaxNameLength} letters, digits, '.', '_' or '-', or leave it out for every worker.";
    }

    private static bool IsName(string text) =>
        text.Length is >= 1 and <= MaxNameLength && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '_' or '-');
}
