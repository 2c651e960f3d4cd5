using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Errors;

/// <summary>What went wrong behind the gateway, in the words of the HTTP face.</summary>
internal static class Failures
{
    /// <summary>OpenAI's word for an account without credit: to ask again is of no use.</summary>
    private const string NoQuota = "insufficient_quota";

    private static readonly TimeSpan RetrySoon = TimeSpan.FromSeconds(1);

    /// <summary>What was shown of a stream is not the beginning of its turn's reply.</summary>
    public static ApiError Diverged { get; } = ApiError.Passing(
        "stream_diverged",
        "The worker was lost and another one worded the reply differently: the text so far is not its beginning. "
        + "Ask again with the same Idempotency-Key for the whole reply.");

    /// <summary>There is no such conversation, or it is another tenant's.</summary>
    public static ApiError NoConversation(string name, string param) =>
        ApiError.Rejected(404, "conversation_not_found", $"There is no conversation {ApiError.Show(name)}.") with { Param = param };

    /// <summary>The error of a thrown exception, or null when it is none that a client should read about.</summary>
    public static ApiError? Of(Exception exception) => exception switch
    {
        TurnRejectedException rejected => Of(rejected.Code, rejected.Message),
        DirectCallException failed => Of(failed, "messages"),
        ConversationsUnavailableException unavailable =>
            ApiError.Unavailable("service_unavailable", unavailable.Message, unavailable.RetryAfter),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } tooLarge =>
            ApiError.Rejected(413, "request_too_large", tooLarge.Message),
        BadHttpRequestException bad => ApiError.Rejected(bad.StatusCode, "bad_request", bad.Message),
        _ => null,
    };

    public static ApiError Of(RejectionCode code, string reason) => code switch
    {
        RejectionCode.Invalid => ApiError.Invalid("invalid_value", "messages", reason),
        RejectionCode.TurnIdReused => ApiError.Rejected(422, "idempotency_key_reused", reason) with { Param = TurnAddress.KeyHeader },
        RejectionCode.TooManyPending => ApiError.TooManyRequests("rate_limit_exceeded", reason, retry: true) with { AllTurnsPending = true },
        RejectionCode.Busy => ApiError.TooManyRequests("conversation_busy", reason, retry: false),
        RejectionCode.TooLarge => ApiError.Rejected(413, "content_too_large", reason) with { Param = "messages" },
        RejectionCode.ConversationFull => ApiError.Invalid("conversation_full", TurnAddress.ConversationHeader, reason),
        RejectionCode.NotTheLast => ApiError.Invalid("turn_not_last", null, reason),
        RejectionCode.AlreadyDecided => ApiError.Invalid("already_decided", null, reason),
        RejectionCode.NotFound => ApiError.Rejected(404, "turn_not_found", reason),
        _ => throw new InvalidOperationException($"Unknown rejection code {code}."),
    };

    /// <summary>
    /// The error of an outcome without a reply. None of them is worth a retry: the outcome is durable, so the same key gives it again.
    /// </summary>
    public static ApiError? Of(Outcome outcome) => outcome switch
    {
        Outcome.Committed => null,
        Outcome.Recorded => Of(RejectionCode.TurnIdReused, "The key was used to add items to the conversation."),
        Outcome.Cancelled { By: CancelledBy.LaterTurn } =>
            ApiError.Invalid("turn_cancelled", null, "The turn was cancelled: a later turn of the conversation interrupted it."),
        Outcome.Cancelled => ApiError.Invalid("turn_cancelled", null, "The turn was cancelled at a client's request."),
        Outcome.Failed failed => Of(failed),
        _ => throw new InvalidOperationException($"Unknown outcome {outcome.GetType().Name}."),
    };

    /// <summary>The error of a direct call. Unlike a turn's failure, this one is kept nowhere: what may pass is worth the client's own retry.</summary>
    /// <param name="failed">The failure.</param>
    /// <param name="content">The field that holds what a backend may refuse.</param>
    public static ApiError Of(DirectCallException failed, string content)
    {
        var wait = failed.RetryAfter ?? RetrySoon;
        return failed switch
        {
            { Status: StatusCodes.Status402PaymentRequired } or { Code: NoQuota } => NoCredit(failed.Message),
            { Status: StatusCodes.Status429TooManyRequests } =>
                ApiError.TooManyRequests("rate_limit_exceeded", failed.Message, retry: true) with { RetryAfter = wait },
            { Kind: FailureKind.Provider } => ApiError.Unavailable("provider_error", failed.Message, wait),
            { Status: StatusCodes.Status404NotFound } => ApiError.Rejected(404, "model_not_found", failed.Message) with { Param = "model" },
            { Status: StatusCodes.Status413PayloadTooLarge } => ApiError.Rejected(413, "content_too_large", failed.Message) with { Param = content },
            // A redirect: only the operator can mend the address.
            { Status: < 400 } => ApiError.Final(500, "provider_error", failed.Message),
            _ => ApiError.Invalid(failed.Code ?? ContentCode(failed.Message), failed.Param ?? content, failed.Message),
        };
    }

    private static ApiError Of(Outcome.Failed failed)
    {
        var message = $"The turn failed: {failed.Reason}";
        return failed.Kind switch
        {
            FailureKind.Content => ApiError.Invalid(ContentCode(failed.Reason), "messages", message),
            FailureKind.NoCredit => NoCredit(message),
            FailureKind.Deadline => ApiError.Final(504, "deadline_exceeded", message),
            FailureKind.WorkerLost => ApiError.Final(500, "worker_lost", message),
            FailureKind.Module => ApiError.Final(500, "module_failed", message),
            _ => ApiError.Final(500, "provider_error", message),
        };
    }

    // With a status that clients would retry, were they not told otherwise. OpenAI has the code as the type too.
    private static ApiError NoCredit(string message) => new(StatusCodes.Status429TooManyRequests, NoQuota, NoQuota, message);

    // Clients shorten the conversation and ask again when they see this code; a provider's answer names it in its text.
    private static string ContentCode(string reason) =>
        reason.Contains("context_length_exceeded", StringComparison.Ordinal) ? "context_length_exceeded" : "content_refused";
}
