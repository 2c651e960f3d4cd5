using System.CommandLine;
using System.CommandLine.Parsing;
using ActorLlm.Cli.Terminals;

namespace ActorLlm.Cli;

/// <summary>Options that name HTTP addresses of nodes, several with commas between them, that are tried in turn.</summary>
internal static class Addresses
{
    /// <summary>Makes the option; without it, the environment variable and then the default say where.</summary>
    public static Option<IReadOnlyList<Uri>> Option(string name, string variable, string byDefault, string what, Terminal terminal) => new(name)
    {
        Description = $"{what}; several with commas between them are tried in turn; {variable} says it for all commands",
        HelpName = "url",
        DefaultValueFactory = result =>
            Parse(terminal.Variable(variable) is { Length: > 0 } set ? set : byDefault, variable, result),
        CustomParser = result => Parse(string.Join(',', result.Tokens.Select(token => token.Value)), name, result),
    };

    private static List<Uri> Parse(string text, string source, ArgumentResult result)
    {
        var addresses = new List<Uri>();
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var part in parts)
        {
            if (Uri.TryCreate(part, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0)
                addresses.Add(url.AbsolutePath.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/"));
            else
                result.AddError($"{source} has '{part}': give an absolute http or https address without a name in it, such as http://127.0.0.1:8070.");
        }

        if (parts.Length == 0) result.AddError($"{source} is empty: give an http or https address.");
        return addresses;
    }
}
