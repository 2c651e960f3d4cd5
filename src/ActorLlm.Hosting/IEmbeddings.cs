namespace ActorLlm.Hosting;

/// <summary>Embeddings by this node's own backends: nothing is stored, and no other node takes part.</summary>
public interface IEmbeddings
{
    /// <summary>Hands a request to a backend of the model that has embeddings (types OpenAI, AzureOpenAI and Simulator), once.</summary>
    /// <param name="model">The model's name, which the request names too.</param>
    /// <param name="request">The JSON body of a request of OpenAI's <c>POST /v1/embeddings</c>; the backend gets it as it is.</param>
    /// <param name="cancellationToken">Ends the backend's work.</param>
    /// <returns>The body of the backend's answer as it came, a JSON object.</returns>
    /// <exception cref="DirectCallException">The call failed; with status 404 also where no such backend serves the model.</exception>
    Task<ReadOnlyMemory<byte>> CallAsync(string model, ReadOnlyMemory<byte> request, CancellationToken cancellationToken = default);
}
