using System.CommandLine;
using ActorLlm.Inspection;

namespace ActorLlm.Cli.Inspect;

/// <summary>How a command line names a turn.</summary>
internal sealed class TurnLine
{
    private readonly Argument<string> _turn = new("turn")
    {
        Description = $"Its Idempotency-Key, the id of its response (resp_...), or the header {AdminApi.TurnHeader} of its answer ('tenant/name turn'). The key alone does for a turn sent without a conversation",
    };

    private readonly Option<string?> _conversation = new("--conversation", "-c")
    {
        Description = "Its conversation, tenant/name; a name alone is one of the tenant default. Not needed where the id tells it",
    };

    private readonly Option<string?> _tenant = new("--tenant") { Description = "Whose it is, where neither the id nor the conversation tells [default: default]" };

    /// <summary>The same command with them.</summary>
    public Command Names(Command command)
    {
        command.Arguments.Add(_turn);
        command.Options.Add(_conversation);
        command.Options.Add(_tenant);
        return command;
    }

    public TurnOrder Order(ParseResult parsed) =>
        new(parsed.GetRequiredValue(_turn), parsed.GetValue(_conversation) is { } name ? ConversationName.Full(name) : null, parsed.GetValue(_tenant));
}

/// <summary>How a command line names a conversation.</summary>
internal static class ConversationName
{
    private const string DefaultTenant = "default";

    /// <summary>The name with its tenant.</summary>
    public static string Full(string name) => name.Contains('/', StringComparison.Ordinal) ? name : $"{DefaultTenant}/{name}";
}

/// <summary>A path with a query.</summary>
internal sealed class Query(string path)
{
    private readonly List<string> _parts = [];

    /// <summary>Adds a value; null adds nothing.</summary>
    public Query With(string name, string? value)
    {
        if (value is not null) _parts.Add($"{name}={Uri.EscapeDataString(value)}");
        return this;
    }

    public override string ToString() => _parts.Count == 0 ? path : $"{path}?{string.Join('&', _parts)}";
}
