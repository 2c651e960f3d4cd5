using System.Text.Json;
using ActorLlm.Backends.Simulation;
using Microsoft.Extensions.Options;

namespace ActorLlm.Backends;

/// <summary>What was chosen because nothing was configured.</summary>
/// <param name="Options">The backend.</param>
/// <param name="Summary">One sentence for people: which it is, why, and how to change that.</param>
public sealed record BackendChoice(BackendOptions Options, string Summary)
{
    internal void Fill(BackendsOptions options)
    {
        options.Backends.Add(Options);
        options.Summary = Summary;
    }
}

/// <summary>
/// Chooses a backend when none is configured: OpenAI when <c>OPENAI_API_KEY</c> is set (with <c>OPENAI_BASE_URL</c>), else an Ollama that
/// answers (at <c>OLLAMA_HOST</c>, by default 127.0.0.1:11434) and has a model, else the simulator.
/// </summary>
public static class BackendDefaults
{
    private const string HowToChange =
        "To change that, set ActorLlm:Backends:<name>:Type (OpenAI, AzureOpenAI, Ollama or Simulator), Endpoint, ApiKey and Models.";

    /// <summary>An Ollama on this machine answers in a few milliseconds; start-up should not wait for one that is not there.</summary>
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(1);

    private static readonly string[] OpenAIModels = ["gpt-4o-mini", "gpt-4o"];

    /// <summary>Chooses; takes at most a second, for the probe of Ollama.</summary>
    /// <param name="environment">The value of an environment variable by its name, null when unset.</param>
    /// <param name="probe">Carries the probe, for tests; the network by default.</param>
    /// <exception cref="OptionsValidationException">OPENAI_BASE_URL is no address.</exception>
    public static BackendChoice Choose(Func<string, string?> environment, HttpMessageHandler? probe = null) =>
        Choose(environment, probe, ProbeTimeout);

    internal static BackendChoice Choose(Func<string, string?> environment, HttpMessageHandler? probe, TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment("OPENAI_API_KEY") is { Length: > 0 } key)
            return OpenAI(key, environment("OPENAI_BASE_URL"));
        Uri ollama = OllamaAddress(environment("OLLAMA_HOST"));
        string[] models = OllamaModels(ollama, probe, patience);
        return models.Length > 0 ? Ollama(ollama, models) : Simulator();
    }

    /// <summary>One sentence about backends that were configured.</summary>
    internal static string Describe(IEnumerable<BackendOptions> backends) =>
        $"Backends as configured: {string.Join("; ", backends.Select(backend =>
            $"{backend.Name} ({backend.Type}{(backend.Endpoint is { } at ? " at " + at : "")}: {string.Join(", ", backend.Models)})"))}.";

    private static BackendChoice OpenAI(string key, string? address)
    {
        string? endpoint = string.IsNullOrWhiteSpace(address) ? null : address.Trim();
        if (endpoint is not null && BackendOptionsValidator.EndpointProblem("OPENAI_BASE_URL", endpoint) is { } problem)
            throw new OptionsValidationException(Microsoft.Extensions.Options.Options.DefaultName, typeof(BackendsOptions), [problem]);
        var options = new BackendOptions
        {
            Name = "openai",
            Type = BackendType.OpenAI,
            ApiKey = key.Trim(),
            Endpoint = endpoint,
            Models = [.. OpenAIModels],
        };
        return new(options, $"No backend is configured and OPENAI_API_KEY is set, so {endpoint ?? "OpenAI"} is used with the models "
            + $"{string.Join(", ", OpenAIModels)}. {HowToChange}");
    }

    private static BackendChoice Ollama(Uri address, string[] models)
    {
        var options = new BackendOptions
        {
            Name = "ollama",
            Type = BackendType.Ollama,
            Endpoint = address.AbsoluteUri,
            Models = models,
        };
        return new(options, $"No backend is configured and an Ollama answers at {address}, so it is used with the models "
            + $"{string.Join(", ", models)}. {HowToChange}");
    }

    private static BackendChoice Simulator()
    {
        var options = new BackendOptions
        {
            Name = "simulator",
            Type = BackendType.Simulator,
            Models = [SimulatorOptions.DefaultModel],
            Continuation = ContinuationMode.AssistantMessage,
        };
        return new(options, "No backend is configured, OPENAI_API_KEY is not set and no Ollama with a model answers, so the simulator is "
            + $"used: its replies come from no language model. {HowToChange}");
    }

    /// <summary>
    /// OLLAMA_HOST as Ollama itself reads it: scheme and port may be missing, and 0.0.0.0 is where it listens, not where to call.
    /// </summary>
    private static Uri OllamaAddress(string? host)
    {
        string text = string.IsNullOrWhiteSpace(host) ? OllamaProvider.DefaultEndpoint : host.Trim();
        if (text.StartsWith(':'))
            text = "127.0.0.1" + text;
        bool bare = !text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(bare ? "http://" + text : text, UriKind.Absolute, out Uri? uri))
            return new Uri(OllamaProvider.DefaultEndpoint);
        // Name and password are not sent, so they must not be shown as part of the address in use either.
        var address = new UriBuilder(uri) { UserName = "", Password = "" };
        if (bare && uri.IsDefaultPort)
            address.Port = OllamaProvider.DefaultPort;
        if (address.Host == "0.0.0.0")
            address.Host = "127.0.0.1";
        return address.Uri;
    }

    private static string[] OllamaModels(Uri address, HttpMessageHandler? probe, TimeSpan patience)
    {
        try
        {
            using var http = new HttpClient(probe ?? new SocketsHttpHandler(), disposeHandler: probe is null) { Timeout = patience };
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/api/tags"));
            // Start-up is not asynchronous here (options are filled in), and one blocked thread for a second at most hurts nobody.
            using HttpResponseMessage response = http.Send(request);
            using JsonDocument tags = JsonDocument.Parse(response.EnsureSuccessStatusCode().Content.ReadAsStream());
            return
            [
                .. tags.RootElement.GetProperty("models").EnumerateArray()
                    .Select(model => model.GetProperty("name").GetString() ?? "")
                    .Where(name => name.Length > 0)
                    .Distinct(),
            ];
        }
        catch (Exception exception) when (exception
            is HttpRequestException or IOException or OperationCanceledException or JsonException or InvalidOperationException
            or KeyNotFoundException or NotSupportedException)
        {
            // Whatever is there, it is no Ollama that could be used.
            return [];
        }
    }
}
