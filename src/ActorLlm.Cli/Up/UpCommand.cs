using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Npgsql;

namespace ActorLlm.Cli.Up;

/// <summary>The command line of <c>actorllm up</c>: each wrong value is refused with its option, the value and the allowed range.</summary>
public static class UpCommand
{
    private static readonly UpOptions Defaults = new();

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var nodes = Number("--nodes", "How many nodes to start", 1, UpOptions.MaxNodes, Defaults.Nodes);
        var httpPort = Number("--http-port", "HTTP port of the first node; the others follow, one up each", 1, UpOptions.MaxPort, Defaults.HttpPort);
        var clusterPort = Number("--cluster-port", "Port of the first node for the other nodes; the others follow", 1, UpOptions.MaxPort, Defaults.ClusterPort);
        var adminPort = Number("--admin-port", "Port of the first node's admin endpoint; the others follow", 1, UpOptions.MaxPort, Defaults.AdminPort);
        var postgres = new Option<string?>("--postgres")
        {
            Description = "Connection string of a PostgreSQL database, such as 'Host=db;Username=me;Password=secret;Database=actorllm'"
                + " [default: a private server, started from the installed binaries]",
            CustomParser = ParseConnectionString,
        };
        var data = new Option<string>("--data")
        {
            Description = "Folder for logs and the private server's data, kept between runs",
            DefaultValueFactory = _ => Defaults.DataFolder,
        };
        var backendUrl = new Option<Uri?>("--backend-url")
        {
            Description = "An OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1; OPENAI_API_KEY is its key [default: what the nodes find]",
            CustomParser = ParseUrl,
        };
        var model = new Option<string?>("--model") { Description = "The model to ask the --backend-url for; needed with it" };

        var command = new Command("up", "Starts a cluster on this machine, with one PostgreSQL, and stops it on Ctrl-C.")
        {
            nodes, postgres, httpPort, clusterPort, adminPort, data, backendUrl, model,
        };
        command.SetAction((parsed, cancellationToken) => new UpRun(parsed.InvocationConfiguration.Output).RunAsync(
            new UpOptions
            {
                Nodes = parsed.GetValue(nodes),
                Postgres = parsed.GetValue(postgres),
                HttpPort = parsed.GetValue(httpPort),
                ClusterPort = parsed.GetValue(clusterPort),
                AdminPort = parsed.GetValue(adminPort),
                DataFolder = parsed.GetValue(data)!,
                BackendUrl = parsed.GetValue(backendUrl),
                Model = parsed.GetValue(model),
            },
            cancellationToken));
        return command;
    }

    private static Option<int> Number(string name, string description, int least, int most, int byDefault) => new(name)
    {
        Description = $"{description}, {least} to {most}",
        DefaultValueFactory = _ => byDefault,
        CustomParser = result =>
        {
            var text = Text(result);
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
                return value;
            result.AddError($"{name} is '{text}': give a whole number from {least} to {most}.");
            return byDefault;
        },
    };

    private static string? ParseConnectionString(ArgumentResult result)
    {
        var text = Text(result);
        try
        {
            if (!string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host))
                return text;
            result.AddError("--postgres names no Host: give a connection string such as 'Host=db;Username=me;Password=secret;Database=actorllm'.");
        }
        catch (ArgumentException)
        {
            // The value is not repeated: it may hold a password.
            result.AddError("--postgres cannot be read: give 'key=value;' pairs such as 'Host=db;Username=me;Password=secret;Database=actorllm', not a URL.");
        }
        return null;
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        var text = Text(result);
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        result.AddError($"--backend-url is '{text}': give an absolute http or https address, such as http://127.0.0.1:11434/v1.");
        return null;
    }

    private static string Text(ArgumentResult result) => result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
}
