using System.Text.Json;
using ActorLlm.Telemetry;

namespace ActorLlm.Backends;

/// <summary>A provider's embeddings in the words of OpenAI's HTTP API: the body of a request in, the body of its answer out.</summary>
internal delegate Task<BinaryData> ProviderEmbeddings(BinaryData request, CancellationToken cancellation);

/// <summary>The embeddings of one backend, in the places and the time that its calls without a stream have.</summary>
public sealed class EmbeddingsBackend
{
    private readonly ProviderEmbeddings _provider;
    private readonly ConcurrencyGate _gate;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly CallIdentity _identity;

    internal EmbeddingsBackend(ProviderEmbeddings provider, ConcurrencyGate gate, TimeSpan limit, TimeProvider time, CallIdentity identity) =>
        (_provider, _gate, _limit, _time, _identity) = (provider, gate, limit, time, identity);

    /// <summary>Waits for a place, then hands the request on once.</summary>
    /// <param name="model">The model asked for, one of the catalog's.</param>
    /// <param name="request">The JSON body of a request of OpenAI's <c>POST /v1/embeddings</c>.</param>
    /// <param name="cancellation">Ends the wait, and the backend's work.</param>
    /// <returns>The body of the answer as it came: a JSON object.</returns>
    /// <exception cref="BackendException">No answer in time, or one that is no JSON object; ask <see cref="BackendFailures.Classify"/> about others.</exception>
    public async Task<BinaryData> CallAsync(string model, BinaryData request, CancellationToken cancellation)
    {
        using ConcurrencyGate.Place place = await _gate.Enter(cancellation).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var measured = MeasuredCall.Begin(_identity with { Model = model }, Names.Embeddings, _time);
        try
        {
            BinaryData answer = await TimeLimit.Within(_provider(request, stop.Token), _limit, _time, stop, cancellation).ConfigureAwait(false);
            if (!IsObject(answer.ToMemory().Span))
                throw new BackendException(BackendFailures.Malformed);
            measured?.End();
            return answer;
        }
        catch (Exception error)
        {
            measured?.Fail(error);
            throw;
        }
    }

    /// <summary>A proxy's page is none, and neither is what a connection without a length was cut down to.</summary>
    private static bool IsObject(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
