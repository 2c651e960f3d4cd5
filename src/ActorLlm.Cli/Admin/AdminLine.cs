using System.CommandLine;
using ActorLlm.Cli.Terminals;
using ActorLlm.Inspection;
using ActorLlm.Inspection.Text;

namespace ActorLlm.Cli.Admin;

/// <summary>What all commands that ask the admin endpoint have in common on their command lines.</summary>
/// <param name="terminal">Where they run.</param>
internal sealed class AdminLine(Terminal terminal)
{
    public const string UrlVariable = "ACTORLLM_ADMIN";
    public const string KeyVariable = "ACTORLLM_ADMIN_KEY";
    public const string DefaultUrl = AdminApi.DefaultUrl;

    private readonly Option<IReadOnlyList<Uri>> _admin = Addresses.Option("--admin", UrlVariable, DefaultUrl, "The admin endpoint of a node", terminal);

    private readonly Option<string?> _key = new("--admin-key")
    {
        Description = $"The key of the admin endpoint. Others on this machine can see it on a command line: {KeyVariable} is safer",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print the endpoint's JSON" };

    private readonly Option<bool> _utc = new("--utc") { Description = "Show times in UTC instead of local time" };

    public Terminal Terminal => terminal;

    /// <summary>The same command with the options that say whom to ask.</summary>
    public Command Reaches(Command command)
    {
        command.Options.Add(_admin);
        command.Options.Add(_key);
        return command;
    }

    /// <summary>The same command with these and with the options of how to show the answer.</summary>
    public Command Shows(Command command)
    {
        Reaches(command).Options.Add(_json);
        command.Options.Add(_utc);
        return command;
    }

    public bool WantsJson(ParseResult parsed) => parsed.GetValue(_json);

    public bool WantsJson(System.CommandLine.Parsing.CommandResult parsed) => parsed.GetValue(_json);

    public IReadOnlyList<Uri> Urls(ParseResult parsed) => parsed.GetValue(_admin)!;

    public string? Key(ParseResult parsed) =>
        parsed.GetValue(_key) ?? (terminal.Variable(KeyVariable) is { Length: > 0 } set ? set : null);

    public AdminClient Client(ParseResult parsed)
    {
        if (parsed.GetValue(_key) is not null)
            terminal.Remark($"actorllm: --admin-key can be seen by others on this machine while the command runs; {KeyVariable} cannot.");
        return new AdminClient(Urls(parsed), Key(parsed));
    }

    public View View(ParseResult parsed) => new(
        parsed.GetValue(_utc) ? TimeZoneInfo.Utc : terminal.Time.LocalTimeZone, terminal.Time.GetUtcNow(),
        terminal.OutputIsTerminal ? terminal.Columns() : null);

    /// <summary>Asks for something and shows it: as a page, or as the JSON that came.</summary>
    public async Task<int> ShowAsync<T>(ParseResult parsed, string path, Func<T, View, Page> page, CancellationToken cancellationToken)
    {
        using var client = Client(parsed);
        var answer = await client.GetAsync(path, cancellationToken);
        Show(parsed, answer, page);
        return ExitCode.Success;
    }

    public void Show<T>(ParseResult parsed, AdminAnswer answer, Func<T, View, Page> page)
    {
        if (WantsJson(parsed)) terminal.Output.WriteLine(answer.Json);
        else terminal.Show(page(answer.Read<T>(), View(parsed)));
    }
}
