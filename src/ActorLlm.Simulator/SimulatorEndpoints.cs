using ActorLlm.Backends.Simulation;

namespace ActorLlm.Simulator;

/// <summary>The routes of the simulator's HTTP face.</summary>
public static class SimulatorEndpoints
{
    /// <summary>
    /// Maps <c>POST /v1/chat/completions</c>, <c>POST /v1/embeddings</c>, <c>GET /v1/models</c>, <c>GET /healthz/live</c>, and <c>GET /stats</c>: how often each prompt
    /// was called, with <c>?contains=text</c> only those whose last user message contains it, with <c>?repeated=true</c> only those called
    /// more than once. <c>PUT /fault</c> with the words of a fault as its text makes all further calls meet it, with no text none. The routes of
    /// OpenAI also exist under <c>/openai</c>, where Azure has them.
    /// </summary>
    public static void MapSimulator(this WebApplication app, SimulatorEngine engine, IReadOnlyList<string> models)
    {
        ArgumentNullException.ThrowIfNull(app);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(models);
        var completions = new ChatCompletions(engine, models, app.Lifetime.ApplicationStopping);
        var embeddings = new Embeddings(models);
        long started = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        object[] list = [.. models.Select(model => new { id = model, @object = "model", created = started, owned_by = "simulator" })];
        foreach (string prefix in (string[])["/v1", "/openai/v1"])
        {
            app.MapPost(prefix + "/chat/completions", completions.Handle);
            app.MapPost(prefix + "/embeddings", embeddings.Handle);
            app.MapGet(prefix + "/models", () => Results.Json(new { @object = "list", data = list }));
        }
        app.MapGet("/healthz/live", () => "live");
        app.MapGet("/stats", (string? contains, bool? repeated) => Results.Json(Stats(engine.Calls, contains, repeated ?? false)));
        app.MapPut("/fault", (HttpRequest request) => SetFault(engine, request));
        app.MapFallback(context => OpenAIError.Write(
            context, StatusCodes.Status404NotFound, $"there is no {context.Request.Method} {context.Request.Path} here."));
    }

    private static async Task<IResult> SetFault(SimulatorEngine engine, HttpRequest request)
    {
        using var body = new StreamReader(request.Body);
        try
        {
            engine.SetFault(await body.ReadToEndAsync(request.HttpContext.RequestAborted));
            return Results.NoContent();
        }
        catch (ArgumentException problem)
        {
            return Results.BadRequest(problem.Message);
        }
    }

    internal static object Stats(SimulatorCalls calls, string? contains = null, bool repeated = false) => new
    {
        started = calls.Started,
        completed = calls.Completed,
        uncounted = calls.Uncounted,
        prompts = calls.Prompts
            .Where(prompt => contains is null || prompt.Message.Contains(contains, StringComparison.Ordinal))
            .Where(prompt => !repeated || prompt.Started > 1)
            .Select(prompt => new { prompt = prompt.Prompt, message = prompt.Message, started = prompt.Started, completed = prompt.Completed, refused = prompt.Refused, early = prompt.Early }),
    };
}
