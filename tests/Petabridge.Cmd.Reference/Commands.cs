namespace Petabridge.Cmd;

public sealed record CommandArgument(string Name, bool IsMandatory, IReadOnlyList<string> Switches, IReadOnlyList<string> DefaultValues, string Description);

public sealed record CommandDefinition(string Name, string Description, IReadOnlyList<CommandArgument> Arguments);

public sealed class CommandArgumentBuilder
{
    private readonly List<string> _switches = [];
    private readonly List<string> _defaults = [];
    private string _name = "";
    private string _description = "";
    private bool _mandatory;

    public CommandArgumentBuilder WithName(string name)
    {
        _name = name;
        return this;
    }

    public CommandArgumentBuilder WithDescription(string description)
    {
        _description = description;
        return this;
    }

    public CommandArgumentBuilder WithSwitch(string name)
    {
        _switches.Add(name);
        return this;
    }

    public CommandArgumentBuilder WithDefaultValue(string value)
    {
        _defaults.Add(value);
        return this;
    }

    public CommandArgumentBuilder IsMandatory(bool mandatory)
    {
        _mandatory = mandatory;
        return this;
    }

    internal CommandArgument Build() => new(_name, _mandatory, _switches, _defaults, _description);
}

public sealed class CommandDefinitionBuilder
{
    private readonly List<CommandArgument> _arguments = [];
    private string _name = "";
    private string _description = "";

    public CommandDefinitionBuilder WithName(string name)
    {
        _name = name;
        return this;
    }

    public CommandDefinitionBuilder WithDescription(string description)
    {
        _description = description;
        return this;
    }

    public CommandDefinitionBuilder WithArgument(Func<CommandArgumentBuilder, CommandArgumentBuilder> argument)
    {
        _arguments.Add(argument(new CommandArgumentBuilder()).Build());
        return this;
    }

    public CommandDefinition Build() => new(_name, _description, _arguments);
}

public sealed class CommandPalette(string moduleName, IEnumerable<CommandDefinition> commands)
{
    public string ModuleName { get; } = moduleName;

    public IReadOnlyList<CommandDefinition> Commands { get; } = [.. commands];
}

public sealed record Command(string Palette, string Name, IReadOnlyList<Tuple<string, string>> Arguments);

public sealed class ParsedArguments(CommandDefinition definition, Command command)
{
    public IEnumerable<string> ArgumentValues(string name)
    {
        var argument = definition.Arguments.Single(known => known.Name == name);
        string[] given = [.. command.Arguments.Where(pair => argument.Switches.Contains(pair.Item1)).Select(pair => pair.Item2)];
        return given.Length > 0 ? given : argument.DefaultValues;
    }
}

public class CommandResponse(string text, bool final = true)
{
    public static CommandResponse Empty { get; } = new("");

    public string Text { get; } = text;

    public bool Final { get; } = final;
}

public sealed class ErroredCommandResponse(string text, bool final = true) : CommandResponse(text, final);
