using System.CommandLine;
using ActorLlm.Cli.Terminals;

namespace ActorLlm.Cli.Talk;

/// <summary>What all commands that use the HTTP face have in common on their command lines.</summary>
/// <param name="terminal">Where they run.</param>
internal sealed class FaceLine(Terminal terminal)
{
    public const string UrlVariable = "ACTORLLM_URL";
    public const string KeyVariable = "ACTORLLM_API_KEY";
    public const string DefaultUrl = "http://127.0.0.1:8080";

    private readonly Option<IReadOnlyList<Uri>> _url = Addresses.Option("--url", UrlVariable, DefaultUrl, "The HTTP face of a node", terminal);

    public Terminal Terminal => terminal;

    /// <summary>The same command with the option that says where.</summary>
    public Command Reaches(Command command)
    {
        command.Options.Add(_url);
        return command;
    }

    public IReadOnlyList<Uri> Urls(ParseResult parsed) => parsed.GetValue(_url)!;

    /// <summary>Whether the address was given on the command line itself.</summary>
    public bool IsExplicit(ParseResult parsed) => parsed.GetResult(_url) is { Implicit: false };

    /// <summary>The key; it has no option, as a command line can be seen by others.</summary>
    public string? Key => terminal.Variable(KeyVariable) is { Length: > 0 } key ? key : null;
}
