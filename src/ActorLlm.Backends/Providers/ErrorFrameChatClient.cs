using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace ActorLlm.Backends;

/// <summary>
/// Finds the error frame that OpenAI-compatible servers send when a stream fails half-way (<c>data: {"error":{...}}</c>). The OpenAI SDK
/// passes over it; without this the failure would still be seen as a missing end, but not whose fault it is.
/// </summary>
internal sealed class ErrorFrameChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        IAsyncEnumerable<ChatResponseUpdate> stream = base.GetStreamingResponseAsync(messages, options, cancellationToken);
        await foreach (ChatResponseUpdate update in stream.ConfigureAwait(false))
        {
            if (update is { RawRepresentation: StreamingChatCompletionUpdate raw, FinishReason: null } && Failure(raw) is { } failure)
                throw new BackendException(failure);
            yield return update;
        }
    }

    private static BackendFailure? Failure(StreamingChatCompletionUpdate update)
    {
#pragma warning disable SCME0001 // The patch is the SDK's only way to members that it does not know; a test watches it.
        if (!update.Patch.Contains("$.error"u8))
            return null;
        using JsonDocument error = JsonDocument.Parse(update.Patch.GetJson("$.error"u8));
#pragma warning restore SCME0001
        JsonElement root = error.RootElement;
        string? message = root.ValueKind == JsonValueKind.String ? root.GetString() : Text(root, "message");
        int? status = Number(root, "code") ?? Number(root, "status") ?? Status(Text(root, "code")) ?? Status(Text(root, "type"));
        bool noCredit = Text(root, "code") == BackendFailure.InsufficientQuota || Text(root, "type") == BackendFailure.InsufficientQuota;
        return status is >= 400 and < 600
            ? BackendFailures.FromStatus(status.Value, detail: message, code: noCredit ? BackendFailure.InsufficientQuota : null)
            : BackendFailures.Provider("The backend reported an error in the middle of its answer.");
    }

    /// <summary>The statuses of the words that tell an error of the request from one of the provider.</summary>
    private static int? Status(string? word) => word switch
    {
        "context_length_exceeded" or "invalid_request_error" or "BadRequestError" => 400,
        "rate_limit_exceeded" or BackendFailure.InsufficientQuota => 429,
        _ => null,
    };

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Number(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : null;
}
