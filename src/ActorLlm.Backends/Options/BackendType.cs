namespace ActorLlm.Backends;

/// <summary>The kinds of backend that configuration can name (<c>ActorLlm:Backends:{name}:Type</c>, case does not matter).</summary>
public static class BackendType
{
    /// <summary>OpenAI itself, or any server that speaks its HTTP API.</summary>
    public const string OpenAI = "OpenAI";

    /// <summary>Azure OpenAI; the models are the names of deployments.</summary>
    public const string AzureOpenAI = "AzureOpenAI";

    /// <summary>A local or remote Ollama.</summary>
    public const string Ollama = "Ollama";

    /// <summary>The simulator, in this process.</summary>
    public const string Simulator = "Simulator";

    /// <summary>A client that the host registered in code with <c>AddBackend</c>; not allowed in configuration.</summary>
    public const string Custom = "Custom";

    /// <summary>What configuration may say, in the order shown to users.</summary>
    public static IReadOnlyList<string> Configurable { get; } = [OpenAI, AzureOpenAI, Ollama, Simulator];

    internal static string? Canonical(string? type) =>
        Configurable.FirstOrDefault(known => string.Equals(known, type?.Trim(), StringComparison.OrdinalIgnoreCase));
}
