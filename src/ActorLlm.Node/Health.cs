using ActorLlm.Hosting;
using ActorLlm.RabbitMq;

namespace ActorLlm.Node;

/// <summary>Health for container platforms and load balancers.</summary>
internal static class Health
{
    /// <summary>
    /// Maps <c>/healthz/live</c>, <c>/healthz/ready</c> and <c>/healthz/rabbitmq</c>: 200, or 503 with the reason. A broker that is away makes no node unready: the
    /// cluster serves without it.
    /// </summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/healthz/live", (INodeHealth health) =>
        {
            var (alive, reason) = health.CheckAlive();
            return Answer(alive, reason);
        });
        app.MapGet("/healthz/ready", async (INodeHealth health, CancellationToken aborted) =>
        {
            var (ready, reason) = await health.CheckReadyAsync(aborted);
            return Answer(ready, reason);
        });
        app.MapGet("/healthz/rabbitmq", (IRabbitMqHealth health) =>
        {
            var (connected, reason) = health.Check();
            return Answer(connected, reason);
        });
    }

    private static IResult Answer(bool good, string reason) =>
        Results.Text(reason, statusCode: good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
}

/// <summary>A health check for images without curl: <c>--health URL</c> exits with 0 when the URL answers 200.</summary>
internal static class HealthProbe
{
    public static async Task<int> RunAsync(string address)
    {
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            using var response = await http.GetAsync(new Uri(address));
            Console.WriteLine($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            Console.WriteLine(error.Message);
            return 1;
        }
    }
}
