namespace ActorLlm.Backends;

/// <summary>
/// Throws the failure that an error status stands for, with the wait that it asks for and the reason that it gives: OllamaSharp drops
/// both.
/// </summary>
internal sealed class StatusTranslatingHandler(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            TimeSpan? retryAfter = RetryAfter.Read(
                name => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null, time);
            ErrorBody error = ErrorBody.Of(BinaryData.FromBytes(body));
            throw new BackendException(BackendFailures.FromStatus((int)response.StatusCode, retryAfter, error.Words, error.Code));
        }
    }
}
