using System.CommandLine;
using ActorLlm.Cli.Talk;

namespace ActorLlm.Cli.Load;

/// <summary><c>actorllm bench</c>: a short load of turns, and how they compare with direct calls of the backend.</summary>
internal static class BenchCommand
{
    public static Command Create(FaceLine line)
    {
        var turns = NumberOption.Create("--turns", "How many turns at most", 1, BenchOptions.MaxTurns, 200);
        var seconds = NumberOption.Create("--seconds", "How long at most", 1, BenchOptions.MaxSeconds, 30);
        var concurrency = NumberOption.Create("--concurrency", "Turns under way at once, each of a conversation of its own", 1, BenchOptions.MaxConcurrency, 16);
        var model = new Option<string?>("--model") { Description = "The model to ask [default: the nodes' own]" };
        var text = new Option<string>("--text") { Description = "The message", DefaultValueFactory = _ => "Say hello." };
        var backend = new Option<Uri?>("--backend-url")
        {
            Description = "The nodes' backend, an OpenAI-compatible endpoint, such as http://127.0.0.1:9090/v1: called directly with the same load, for comparison. OPENAI_API_KEY is its key",
            CustomParser = result =>
            {
                var given = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
                if (Uri.TryCreate(given, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url.AbsolutePath.EndsWith('/') ? url : new Uri(url.AbsoluteUri + "/");
                result.AddError($"--backend-url is '{given}': give an absolute http or https address, such as http://127.0.0.1:9090/v1.");
                return null;
            },
        };
        var json = new Option<bool>("--json") { Description = "Print the figures as JSON" };
        var command = line.Reaches(new Command("bench", "Sends turns to the HTTP face and measures them. Each one is stored, and calls the model that the nodes are configured with.")
        {
            turns, seconds, concurrency, model, text, backend, json,
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var urls = line.Urls(parsed);
            if (!line.IsExplicit(parsed) && urls.Any(url => !url.IsLoopback))
                throw new UserErrorException($"{FaceLine.UrlVariable} names another machine ({string.Join(", ", urls)}): a load is sent there only where --url says so.", ExitCode.Usage);
            var options = new BenchOptions(parsed.GetValue(turns), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(concurrency), parsed.GetValue(model), parsed.GetValue(text)!);
            var result = await new Bench(options, line.Terminal.Time).RunAsync(urls, line.Key, parsed.GetValue(backend), line.Terminal.Variable("OPENAI_API_KEY"), cancellationToken);
            line.Terminal.Output.WriteLine(parsed.GetValue(json) ? result.ToJson() : result.ToText());
            return result.Turns.Failed == 0 && result.Direct is not { Failed: > 0 } ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}

/// <summary>What is to be measured.</summary>
/// <param name="Turns">How many turns at most.</param>
/// <param name="Time">How long at most.</param>
/// <param name="Concurrency">How many at once.</param>
/// <param name="Model">The model; null for the default.</param>
/// <param name="Text">The message.</param>
internal sealed record BenchOptions(int Turns, TimeSpan Time, int Concurrency, string? Model, string Text)
{
    public const int MaxTurns = 100_000;
    public const int MaxSeconds = 600;
    public const int MaxConcurrency = 1000;
}
