namespace ActorLlm.Backends;

/// <summary>
/// Azure OpenAI through its version 1 API (<c>/openai/v1</c>), which takes the plain OpenAI client, the resource's key as bearer token, and
/// the name of the deployment as model.
/// </summary>
internal static class AzureOpenAIProvider
{
    public static ProviderClients Create(BackendOptions options)
    {
        var endpoint = new UriBuilder(options.Endpoint!);
        string path = endpoint.Path.TrimEnd('/');
        endpoint.Path = path.EndsWith("/openai/v1", StringComparison.OrdinalIgnoreCase) ? path
            : path.EndsWith("/openai", StringComparison.OrdinalIgnoreCase) ? path + "/v1"
            : path + "/openai/v1";
        return OpenAIProvider.Create(options, endpoint.Uri);
    }
}
