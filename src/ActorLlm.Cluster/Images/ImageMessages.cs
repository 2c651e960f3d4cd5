using ActorLlm.Backends;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Images;

/// <summary>Makes messages with images what a backend can take.</summary>
internal static class ImageMessages
{
    private const string NotShown = "[an image, which is not shown to this model]";
    private const string Gone = "[an image, which can no longer be read at its address]";

    public static bool IsImage(this AIContent content) =>
        content is DataContent data ? data.HasTopLevelMediaType("image") : content is UriContent uri && uri.HasTopLevelMediaType("image");

    /// <summary>
    /// The same messages where the backend takes images as they are. Else images of earlier turns are left out for a backend that takes none, and images at
    /// addresses are read for one that does not read them itself.
    /// </summary>
    /// <exception cref="BackendException">An image of this turn cannot be read, or must not be.</exception>
    public static ValueTask<IEnumerable<ChatMessage>> ForAsync(
        ResolvedBackend backend, IEnumerable<ChatMessage> messages, ImageFetcher fetcher, CancellationToken stop) =>
        backend is { TakesImages: true, ReadsImageUrls: true } ? new(messages) : AdaptAsync(backend, [.. messages], fetcher, stop);

    private static async ValueTask<IEnumerable<ChatMessage>> AdaptAsync(
        ResolvedBackend backend, ChatMessage[] messages, ImageFetcher fetcher, CancellationToken stop)
    {
        var now = 1 + Array.FindLastIndex(messages, message => message.Role == ChatRole.Assistant);
        using var reading = fetcher.Begin(stop);
        for (var index = 0; index < messages.Length; index++)
        {
            if (!messages[index].Contents.Any(IsImage)) continue;
            var message = messages[index].Clone();
            message.Contents = [.. messages[index].Contents];
            for (var part = 0; part < message.Contents.Count; part++)
                message.Contents[part] = await AdaptAsync(backend, message.Contents[part], reading, isNew: index >= now).ConfigureAwait(false);
            messages[index] = message;
        }

        return messages;
    }

    private static async Task<AIContent> AdaptAsync(ResolvedBackend backend, AIContent content, ImageFetcher.Reading reading, bool isNew)
    {
        if (!content.IsImage()) return content;
        if (!backend.TakesImages)
        {
            // What is asked about an image that the model never sees would be answered by guesswork.
            return isNew
                ? throw new BackendException(new BackendFailure(BackendFailureKind.Content, $"No backend of the model '{backend.Model}' takes images."))
                : new TextContent(NotShown);
        }

        if (content is not UriContent { Uri: var address }) return content;
        try
        {
            var image = await reading.ReadAsync(address).ConfigureAwait(false);
            image.AdditionalProperties = content.AdditionalProperties;
            return image;
        }
        catch (BackendException) when (!isNew)
        {
            // The conversation goes on when an image of long ago is gone.
            return new TextContent(Gone);
        }
    }
}
