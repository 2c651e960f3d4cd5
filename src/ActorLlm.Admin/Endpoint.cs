using ActorLlm.Inspection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorLlm.Admin;

/// <summary>Answers every request to the listener: lets it in, finds who answers it, and says in the contract's words what went wrong.</summary>
internal sealed partial class Endpoint
{
    private readonly Dictionary<string, (string Method, Func<HttpContext, string, Task> Handle)> _routes;
    private readonly Admission _admission;
    private readonly ILogger _log;

    public Endpoint(Admission admission, Questions questions, Orders orders, Export export, Func<HttpContext, Task> watch, ILogger<Endpoint> log)
    {
        (_admission, _log) = (admission, log);
        _routes = new(StringComparer.Ordinal)
        {
            [AdminApi.Cluster] = ("GET", (http, _) => questions.ClusterAsync(http)),
            [AdminApi.Watch] = ("GET", (http, _) => watch(http)),
            [AdminApi.Shards] = ("GET", (http, _) => questions.ShardsAsync(http)),
            [AdminApi.Workers] = ("GET", (http, _) => questions.WorkersAsync(http)),
            [AdminApi.Capacity] = ("GET", (http, _) => questions.CapacityAsync(http)),
            [AdminApi.Conversations] = ("GET", (http, _) => questions.ConversationsAsync(http)),
            [AdminApi.Conversation] = ("GET", (http, _) => questions.ConversationAsync(http)),
            [AdminApi.Explain] = ("GET", (http, _) => questions.ExplainAsync(http)),
            [AdminApi.Doctor] = ("GET", (http, _) => questions.DoctorAsync(http)),
            [AdminApi.Audit] = ("GET", (http, _) => questions.AuditAsync(http)),
            [AdminApi.Outbox] = ("GET", (http, _) => questions.OutboxAsync(http)),
            [AdminApi.OutboxRetry] = ("POST", orders.RetryAsync),
            [AdminApi.Export] = ("GET", export.RunAsync),
            [AdminApi.Leave] = ("POST", orders.LeaveAsync),
            [AdminApi.Down] = ("POST", orders.DownAsync),
            [AdminApi.Drain] = ("POST", orders.DrainAsync),
            [AdminApi.Resume] = ("POST", orders.ResumeAsync),
            [AdminApi.Cancel] = ("POST", orders.CancelAsync),
            [AdminApi.Requeue] = ("POST", orders.RequeueAsync),
            [AdminApi.Approvals] = ("GET", (http, _) => questions.ApprovalsAsync(http)),
            [AdminApi.Grant] = ("POST", (http, who) => orders.DecideAsync(http, who, granted: true)),
            [AdminApi.Refuse] = ("POST", (http, who) => orders.DecideAsync(http, who, granted: false)),
        };
    }

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            var who = _admission.Admit(http.Request);
            await Find(http)(http, who);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller has left: there is nobody to tell.
        }
        catch (Exception error)
        {
            await FailAsync(http, error);
        }
    }

    private Func<HttpContext, string, Task> Find(HttpContext http)
    {
        var request = http.Request;
        if (!_routes.TryGetValue(request.Path.Value ?? "", out var route))
            throw RefusedException.NotFound($"There is no {RefusedException.Show(request.Path.Value ?? "")} here. There are {string.Join(", ", _routes.Keys)}.");
        if (request.Method != route.Method)
        {
            http.Response.Headers.Allow = route.Method;
            throw new RefusedException(System.Net.HttpStatusCode.MethodNotAllowed, $"{request.Method} is not allowed on {request.Path}; allowed is {route.Method}.");
        }

        // A page in a browser can post a form to any address, but JSON only where it is let.
        if (route.Method == "POST" && !request.HasJsonContentType())
            throw new RefusedException(System.Net.HttpStatusCode.UnsupportedMediaType, $"The header Content-Type is {RefusedException.Show(request.ContentType ?? "")}; expected is application/json.");
        return route.Handle;
    }

    private async Task FailAsync(HttpContext http, Exception error)
    {
        var known = RefusedException.Describe(error);
        if (known is null) LogUnforeseen(_log, error, http.Request.Method, http.Request.Path);
        if (http.Response.HasStarted)
        {
            // What was sent so far would be taken for the whole.
            http.Abort();
            return;
        }

        var (status, message) = known ?? (StatusCodes.Status500InternalServerError, $"Something went wrong in the node: {error.Message} Its log has the details.");
        if (status == StatusCodes.Status401Unauthorized) http.Response.Headers.WWWAuthenticate = "Bearer";
        if (error is Hosting.ConversationsUnavailableException { RetryAfter: var wait })
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await Answers.WriteAsync(http, new AdminError(message), status);
    }

    [LoggerMessage(EventId = 502, Level = LogLevel.Error, Message = "The admin request {Method} {Path} failed.")]
    private static partial void LogUnforeseen(ILogger log, Exception error, string method, string path);
}
