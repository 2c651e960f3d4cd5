using System.Text;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Support;

/// <summary>What a caller of a client sees: text, and how it ended.</summary>
public sealed record Observation(string Text, int Chunks, string? FinishReason, BackendFailure? Failure, UsageDetails? Usage, Exception? Thrown)
{
    public static async Task<Observation> OfStream(IChatClient client, string message, CancellationToken cancellation = default)
    {
        var text = new StringBuilder();
        int chunks = 0;
        string? finish = null;
        UsageDetails? usage = null;
        Exception? thrown = null;
        try
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(message, cancellationToken: cancellation))
            {
                chunks += update.Text.Length > 0 ? 1 : 0;
                text.Append(update.Text);
                finish = update.FinishReason?.Value ?? finish;
                usage = update.Contents.OfType<UsageContent>().SingleOrDefault()?.Details ?? usage;
            }
        }
        catch (Exception exception)
        {
            thrown = exception;
        }
        return new(text.ToString(), chunks, finish, thrown is null ? null : BackendFailures.Classify(thrown), usage, thrown);
    }

    public static async Task<Observation> OfPlain(IChatClient client, string message, CancellationToken cancellation = default)
    {
        try
        {
            ChatResponse response = await client.GetResponseAsync(message, cancellationToken: cancellation);
            return new(response.Text, 1, response.FinishReason?.Value, null, response.Usage, null);
        }
        catch (Exception exception)
        {
            return new("", 0, null, BackendFailures.Classify(exception), null, exception);
        }
    }
}
