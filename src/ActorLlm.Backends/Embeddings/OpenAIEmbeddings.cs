using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using OpenAI.Embeddings;

namespace ActorLlm.Backends;

/// <summary>Embeddings through the OpenAI SDK, which adds key and address and changes neither request nor answer.</summary>
internal static class OpenAIEmbeddings
{
    /// <summary>More than 2048 vectors of 3072 numbers take, which is the most that OpenAI gives.</summary>
    private const int MaxAnswerBytes = 128 * 1024 * 1024;

    public static ProviderEmbeddings Of(EmbeddingClient client) => async (request, cancellation) =>
    {
        using var content = BinaryContent.Create(request);
        // The SDK would take in an answer of any length.
        var options = new RequestOptions { CancellationToken = cancellation, BufferResponse = false };
        ClientResult result = await client.GenerateEmbeddingsAsync(content, options).ConfigureAwait(false);
        using PipelineResponse response = result.GetRawResponse();
        return await Read(response.ContentStream ?? Stream.Null, MaxAnswerBytes, cancellation).ConfigureAwait(false);
    };

    /// <exception cref="BackendException">There is more than the limit.</exception>
    internal static async Task<BinaryData> Read(Stream body, int limit, CancellationToken cancellation)
    {
        using var whole = new MemoryStream();
        byte[] piece = new byte[64 * 1024];
        while (await body.ReadAsync(piece, cancellation).ConfigureAwait(false) is > 0 and var count)
        {
            if (whole.Length + count > limit)
            {
                throw new BackendException(new BackendFailure(BackendFailureKind.Content, string.Create(
                    CultureInfo.InvariantCulture, $"The backend's answer grew past {limit} bytes and was broken off; ask for fewer embeddings at once.")));
            }
            whole.Write(piece, 0, count);
        }
        return new BinaryData(whole.GetBuffer().AsMemory(0, (int)whole.Length));
    }
}
