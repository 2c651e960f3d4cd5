using System.Net;
using ActorLlm.Hosting;
using ActorLlm.Inspection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Admin;

/// <summary>Carries orders out between two rows of the audit log: nothing is done that is not written down before.</summary>
internal sealed partial class Audit(IAuditLog log, ILogger<Audit> logger)
{
    /// <summary>Writes the order, carries it out, and writes what became of it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="who">Who sent it.</param>
    /// <param name="action">What is ordered.</param>
    /// <param name="target">What it is ordered for.</param>
    /// <param name="work">Carries it out.</param>
    /// <param name="outcome">Says what became of it.</param>
    public async Task<T> CarryOutAsync<T>(
        HttpContext http, string who, string action, string target, Func<CancellationToken, Task<T>> work, Func<T, string> outcome)
    {
        var row = await WriteOrderAsync(new AuditOrder(who, http.Connection.RemoteIpAddress?.ToString() ?? "", action, target), http.RequestAborted);
        T done;
        try
        {
            done = await work(http.RequestAborted);
        }
        catch (Exception error)
        {
            await WriteFailureAsync(row, http.RequestAborted.IsCancellationRequested ? "the caller left before it ended" : $"not done: {error.Message}");
            throw;
        }

        await WriteResultAsync(row, outcome(done));
        return done;
    }

    private async Task<AuditEntry> WriteOrderAsync(AuditOrder order, CancellationToken cancellationToken)
    {
        try
        {
            return await log.WriteAsync(order, cancellationToken);
        }
        catch (ConversationsUnavailableException error)
        {
            throw new RefusedException(HttpStatusCode.ServiceUnavailable, $"Nothing was done, as the order could not be written to the audit log. {error.Message} Try again.");
        }
    }

    // The order was carried out, whether its caller is still there or not.
    private async Task WriteResultAsync(AuditEntry row, string outcome)
    {
        try
        {
            await log.WriteAsync(row, outcome, CancellationToken.None);
        }
        catch (ConversationsUnavailableException error)
        {
            LogUnwritten(logger, row.Number, row.Action, row.Target, outcome, error.Message);
            throw new RefusedException(
                HttpStatusCode.ServiceUnavailable, $"The order was carried out ({row.Action} {row.Target}: {outcome}), but the audit log did not take its result. {error.Message}");
        }
    }

    private async Task WriteFailureAsync(AuditEntry row, string outcome)
    {
        try
        {
            await log.WriteAsync(row, outcome, CancellationToken.None);
        }
        catch (ConversationsUnavailableException error)
        {
            // What the caller is told is why the order failed.
            LogUnwritten(logger, row.Number, row.Action, row.Target, outcome, error.Message);
        }
    }

    [LoggerMessage(
        EventId = 501, Level = LogLevel.Error,
        Message = "The audit log did not take the result of its row {Number} ({Action} {Target}), which is '{Outcome}': {Problem}")]
    private static partial void LogUnwritten(ILogger logger, long number, string action, string target, string outcome, string problem);
}
