using OllamaSharp;

namespace ActorLlm.Backends;

/// <summary>Ollama through OllamaSharp.</summary>
internal static class OllamaProvider
{
    public const string DefaultEndpoint = "http://127.0.0.1:11434";
    public const int DefaultPort = 11434;

    public static ProviderClients Create(BackendOptions options, TimeProvider time)
    {
        HttpClient http = BackendHttp.Client(new StatusTranslatingHandler(BackendHttp.Handler(), time));
        http.BaseAddress = new Uri(string.IsNullOrWhiteSpace(options.Endpoint) ? DefaultEndpoint : options.Endpoint);
        if (!string.IsNullOrWhiteSpace(options.ApiKey))
            http.DefaultRequestHeaders.Authorization = new("Bearer", options.ApiKey);
        return new(model => new OllamaApiClient(http, model), http);
    }
}
