using System.Net.Http.Json;

namespace ActorLlm.Clients.Tests.Support;

/// <summary>How often the simulated model was called for some prompts.</summary>
/// <param name="Started">Calls that began.</param>
/// <param name="Completed">Calls answered in full.</param>
/// <param name="Refused">Calls answered with an error status.</param>
/// <param name="Early">Calls that came sooner than such an error asked.</param>
internal sealed record ModelCalls(int Started, int Completed, int Refused, int Early)
{
    /// <summary>Asks the simulator for the prompts whose last user message contains the text.</summary>
    public static async Task<ModelCalls> ReadAsync(Uri simulator, string text)
    {
        using var http = new HttpClient();
        var stats = await http.GetFromJsonAsync<Stats>(new Uri(simulator, $"stats?contains={Uri.EscapeDataString(text)}"));
        return stats!.Prompts.Aggregate(new ModelCalls(0, 0, 0, 0), (sum, one) => new(
            sum.Started + one.Started, sum.Completed + one.Completed, sum.Refused + one.Refused, sum.Early + one.Early));
    }

    private sealed record Stats(ModelCalls[] Prompts);
}
