namespace ActorLlm.Node;

/// <summary>The command line: what nobody reads is refused, as .NET's own configuration would ignore it in silence.</summary>
internal static class Arguments
{
    /// <summary>What <c>--help</c> prints.</summary>
    public const string Usage = """
        Usage: ActorLlm.Node [--urls http://ADDRESS:PORT] [--ActorLlm:KEY=VALUE ...]
          --urls URL              where to listen; default http://127.0.0.1:8080
          --ActorLlm:KEY=VALUE    a setting, for example --ActorLlm:Postgres=..., see docs/configuration.md
          --Logging:KEY=VALUE, --Kestrel:KEY=VALUE, --AllowedHosts=, --environment=, --contentRoot=    ASP.NET's own settings
          --health URL            asks a node's health and exits with 0 when it is good
          --help                  prints this
        """;

    private static readonly string[] Names = ["--urls", "--environment", "--contentRoot", "--AllowedHosts"];
    private static readonly string[] Sections = ["--ActorLlm:", "--Logging:", "--Kestrel:"];

    /// <summary>What is wrong with the arguments, in one line; null when nothing is.</summary>
    public static string? Problem(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            // Without its value, which may be a password.
            var name = args[i].Split('=')[0];
            if (!IsKnown(name))
            {
                return $"the argument '{name}' is not known; expected are --urls URL, --ActorLlm:KEY=VALUE, --Logging:KEY=VALUE, --Kestrel:KEY=VALUE, "
                    + "--AllowedHosts, --environment, --contentRoot, or --health URL alone. --help tells more.";
            }

            if (args[i].Contains('=', StringComparison.Ordinal)) continue;
            if (++i == args.Count || args[i].StartsWith("--", StringComparison.Ordinal)) return $"the argument '{name}' has no value; expected is {name}=VALUE.";
        }

        return null;
    }

    private static bool IsKnown(string name) =>
        Names.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Sections.Any(section => name.Length > section.Length && name.StartsWith(section, StringComparison.OrdinalIgnoreCase));
}
