using System.Net.Http.Json;
using System.Text.Json;

namespace ActorLlm.Chaos.Servers;

/// <summary>What the simulated model counted.</summary>
/// <param name="Started">Calls that began.</param>
/// <param name="Completed">Calls answered in full.</param>
/// <param name="StartedByTurn">Calls that began, by the turn's key.</param>
internal sealed record ModelCalls(long Started, long Completed, IReadOnlyDictionary<string, int> StartedByTurn)
{
    public static async Task<ModelCalls> ReadAsync(Uri simulator, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        var stats = await client.GetFromJsonAsync<JsonElement>(new Uri(simulator, "stats"), cancellationToken);
        // A prompt begins with its turn's key; a turn called with another history is another prompt.
        var byTurn = stats.GetProperty("prompts").EnumerateArray()
            .GroupBy(prompt => prompt.GetProperty("message").GetString()!.Split(' ')[0])
            .ToDictionary(group => group.Key, group => group.Sum(prompt => prompt.GetProperty("started").GetInt32()));
        return new ModelCalls(stats.GetProperty("started").GetInt64(), stats.GetProperty("completed").GetInt64(), byTurn);
    }
}
