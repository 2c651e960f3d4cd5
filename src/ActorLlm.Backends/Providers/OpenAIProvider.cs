using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;

namespace ActorLlm.Backends;

/// <summary>OpenAI, or any server that speaks its HTTP API, through the OpenAI SDK.</summary>
internal static class OpenAIProvider
{
    private const string DefaultEndpoint = "https://api.openai.com/v1";

    /// <summary>The SDK insists on a key where a local server needs none.</summary>
    private const string NoKey = "none";

    public static ProviderClients Create(BackendOptions options)
    {
        Uri endpoint = string.IsNullOrWhiteSpace(options.Endpoint) ? new Uri(DefaultEndpoint) : WithVersion(new Uri(options.Endpoint));
        return Create(options, endpoint);
    }

    public static ProviderClients Create(BackendOptions options, Uri endpoint)
    {
        HttpClient http = BackendHttp.Client(new AnswerRepairHandler(BackendHttp.Handler()));
        var client = new OpenAIClient(
            new ApiKeyCredential(string.IsNullOrWhiteSpace(options.ApiKey) ? NoKey : options.ApiKey),
            new OpenAIClientOptions
            {
                Endpoint = endpoint,
                Transport = new HttpClientPipelineTransport(http),
                // A turn's attempts own retrying: they are counted, spread over backends, and survive this process.
                RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
                // The SDK's limit also ends long streams on some paths; the inactivity limit does it better.
                NetworkTimeout = Timeout.InfiniteTimeSpan,
            });
        return new(
            model => new OpenAIRequestClient(new OpenAIToolCallClient(new OpenAIRefusalClient(new ErrorFrameChatClient(client.GetChatClient(model).AsIChatClient()))), options.Continuation),
            http,
            // The SDK insists on a model here, which it only looks at where it writes the request itself.
            OpenAIEmbeddings.Of(client.GetEmbeddingClient("any")));
    }

    /// <summary>People write the address of a server with or without its /v1.</summary>
    private static Uri WithVersion(Uri endpoint) =>
        endpoint.AbsolutePath is "" or "/" ? new UriBuilder(endpoint) { Path = "/v1" }.Uri : endpoint;
}
