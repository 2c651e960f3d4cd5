using ActorLlm.Backends.Simulation;

namespace ActorLlm.Backends;

/// <summary>One named backend: the configuration section <c>ActorLlm:Backends:{name}</c>.</summary>
public sealed class BackendOptions
{
    /// <summary>The section that holds all backends.</summary>
    public const string Section = "ActorLlm:Backends";

    /// <summary>Its name: 1 to 64 letters, digits, <c>.</c>, <c>_</c> or <c>-</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>One of <see cref="BackendType.Configurable"/>.</summary>
    public string Type { get; set; } = "";

    /// <summary>
    /// An absolute http or https address. OpenAI: optional, an address without a path gets <c>/v1</c>; AzureOpenAI: the resource,
    /// required; Ollama: default <c>http://127.0.0.1:11434</c>; Simulator: not used.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>The key; required by AzureOpenAI and by OpenAI when no <see cref="Endpoint"/> is set.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The models it serves (an array, or a list with commas); the first is its default.</summary>
    public IList<string> Models { get; set; } = [];

    /// <summary>Its share of the calls where several backends serve one model, 1 to 1000.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>Calls at once to this backend from this process, 1 to 10000; further calls wait.</summary>
    public int Concurrency { get; set; } = 256;

    /// <summary>Seconds without a chunk, the first one included, after which a stream has failed, 1 to 3600.</summary>
    public double InactivityTimeoutSeconds { get; set; } = 120;

    /// <summary>Seconds after which a call that is not streamed has failed (it gives no other sign of life), 1 to 86400.</summary>
    public double ResponseTimeoutSeconds { get; set; } = 600;

    /// <summary>
    /// How it is asked to go on from the beginning of an answer whose worker was lost: one of <see cref="ContinuationMode.All"/>; default <c>None</c>, for the
    /// simulator <c>AssistantMessage</c>.
    /// </summary>
    public string Continuation { get; set; } = ContinuationMode.None;

    /// <summary>Whether its models take images; a turn with an image goes to a backend of its model that does, or is refused. Default true.</summary>
    public bool Images { get; set; } = true;

    /// <summary>
    /// Whether it reads images at addresses itself, as providers do; else the worker reads them and hands over what they hold. Null, the default: true, for Ollama,
    /// which cannot, false.
    /// </summary>
    public bool? ImageUrls { get; set; }

    /// <summary>Timings, length and faults of the simulator; only for <see cref="BackendType.Simulator"/>.</summary>
    public SimulatorOptions Simulator { get; set; } = new();

    /// <summary>Whether the host brought the client itself; nothing else may be of type <see cref="BackendType.Custom"/>.</summary>
    internal bool IsRegistered { get; init; }

    internal bool ReadsImageUrls => ImageUrls ?? Type != BackendType.Ollama;

    internal string KeyOf(string setting) => $"{Section}:{Name}:{setting}";
}
