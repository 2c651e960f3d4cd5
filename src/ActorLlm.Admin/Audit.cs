using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>Carries out the orders of requests, written down before and after.</summary>
internal sealed class Audit(OrderAudit orders)
{
    /// <summary>Writes the order, carries it out, and writes what became of it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="who">Who sent it.</param>
    /// <param name="action">What is ordered.</param>
    /// <param name="target">What it is ordered for.</param>
    /// <param name="work">Carries it out.</param>
    /// <param name="outcome">Says what became of it.</param>
    public Task<T> CarryOutAsync<T>(
        HttpContext http, string who, string action, string target, Func<CancellationToken, Task<T>> work, Func<T, string> outcome) =>
        orders.CarryOutAsync(
            new AuditOrder(who, http.Connection.RemoteIpAddress?.ToString() ?? "", action, target), work, outcome, http.RequestAborted);
}
