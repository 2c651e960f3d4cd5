using ActorLlm.Inspection;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Hosting;

/// <summary>Carries orders out between two rows of the audit log: nothing is done that is not written down before.</summary>
/// <param name="log">The audit log.</param>
/// <param name="logger">Told of results that the audit log did not take.</param>
public sealed partial class OrderAudit(IAuditLog log, ILogger<OrderAudit> logger)
{
    /// <summary>Who gives orders where no key is asked for.</summary>
    public const string Loopback = "loopback";

    /// <summary>Who gives orders through Petabridge's pbm, which has no keys.</summary>
    public const string Pbm = "pbm";

    /// <summary>What no key may be called: the log would not tell its orders from those without a key.</summary>
    public static IReadOnlyList<string> Reserved { get; } = [Loopback, Pbm];

    /// <summary>Writes the order, carries it out, and writes what became of it.</summary>
    /// <param name="order">The order.</param>
    /// <param name="work">Carries it out.</param>
    /// <param name="outcome">Says what became of it.</param>
    /// <param name="cancellationToken">Gives up: whoever ordered it has left.</param>
    /// <exception cref="ConversationsUnavailableException">The audit log did not take the order: nothing was done.</exception>
    /// <exception cref="AuditResultLostException">It was carried out, and the audit log did not take its result.</exception>
    public async Task<T> CarryOutAsync<T>(
        AuditOrder order, Func<CancellationToken, Task<T>> work, Func<T, string> outcome, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(work);
        ArgumentNullException.ThrowIfNull(outcome);
        var row = await WriteOrderAsync(order, cancellationToken).ConfigureAwait(false);
        T done;
        try
        {
            done = await work(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await WriteFailureAsync(row, cancellationToken.IsCancellationRequested ? "the caller left before it ended" : $"not done: {error.Message}").ConfigureAwait(false);
            throw;
        }

        await WriteResultAsync(row, outcome(done)).ConfigureAwait(false);
        return done;
    }

    private async Task<AuditEntry> WriteOrderAsync(AuditOrder order, CancellationToken cancellationToken)
    {
        try
        {
            return await log.WriteAsync(order, cancellationToken).ConfigureAwait(false);
        }
        catch (ConversationsUnavailableException error)
        {
            throw new ConversationsUnavailableException($"Nothing was done, as the order could not be written to the audit log. {error.Message}", error.RetryAfter);
        }
    }

    // The order was carried out, whether its caller is still there or not.
    private async Task WriteResultAsync(AuditEntry row, string outcome)
    {
        try
        {
            await log.WriteAsync(row, outcome, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ConversationsUnavailableException error)
        {
            LogUnwritten(logger, row.Number, row.Action, row.Target, outcome, error.Message);
            throw new AuditResultLostException(
                $"The order was carried out ({row.Action} {row.Target}: {outcome}), but the audit log did not take its result. {error.Message}");
        }
    }

    private async Task WriteFailureAsync(AuditEntry row, string outcome)
    {
        try
        {
            await log.WriteAsync(row, outcome, CancellationToken.None).ConfigureAwait(false);
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

/// <summary>An order was carried out, but the audit log did not take its result; there is nothing to try again.</summary>
public sealed class AuditResultLostException(string message) : Exception(message);
