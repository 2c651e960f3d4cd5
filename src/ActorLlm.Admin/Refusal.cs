using System.Net;
using ActorLlm.Domain.Conversations;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>A request that is not answered as it hoped.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What was wrong, what was expected and what to do.</param>
internal sealed class RefusedException(HttpStatusCode status, string message) : Exception(message)
{
    private const int LongestShown = 200;

    public int Status => (int)status;

    public static RefusedException Invalid(string message) => new(HttpStatusCode.BadRequest, message);

    public static RefusedException NotFound(string message) => new(HttpStatusCode.NotFound, message);

    /// <summary>What the caller sent, within a message.</summary>
    public static string Show(string text) => text.Length <= LongestShown ? $"'{text}'" : $"'{text[..LongestShown]}...' ({text.Length} characters)";

    /// <summary>The status and the words for an error; null for one that nobody foresaw.</summary>
    public static (int Status, string Message)? Describe(Exception error) => error switch
    {
        RefusedException refused => (refused.Status, refused.Message),
        UnknownNodeException => (StatusCodes.Status404NotFound, error.Message),
        TurnRejectedException { Code: RejectionCode.NotFound } => (StatusCodes.Status404NotFound, error.Message),
        TurnRejectedException => (StatusCodes.Status409Conflict, error.Message),
        ConversationsUnavailableException => (StatusCodes.Status503ServiceUnavailable, $"{error.Message} Try again; 'actorllm doctor' looks for the cause."),
        AuditResultLostException => (StatusCodes.Status503ServiceUnavailable, error.Message),
        BadHttpRequestException bad => (bad.StatusCode, bad.Message),
        _ => null,
    };
}
