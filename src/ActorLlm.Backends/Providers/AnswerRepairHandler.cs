namespace ActorLlm.Backends;

/// <summary>
/// Hands answers of chat completions to the OpenAI SDK in the form that it reads. Servers that speak OpenAI's HTTP API differ from it in small
/// things, on which the SDK throws or which it passes over; see <see cref="AnswerRepair"/>.
/// </summary>
internal sealed class AnswerRepairHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Path = "/chat/completions";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode || request.RequestUri?.AbsolutePath.EndsWith(Path, StringComparison.Ordinal) != true)
            return response;
        try
        {
            HttpContent content = response.Content.Headers.ContentType?.MediaType == "application/json"
                ? Whole(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false))
                : new StreamContent(new EventRepairStream(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)));
            // But for its length, which may be another now.
            content.Headers.ContentType = response.Content.Headers.ContentType;
            response.Content = content;
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static ByteArrayContent Whole(byte[] answer) =>
        new(AnswerScan.IsPlain(answer) ? answer : new AnswerRepair().Repair(answer) ?? answer);
}
