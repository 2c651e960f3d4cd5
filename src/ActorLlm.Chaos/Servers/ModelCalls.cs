using System.Text.Json;

namespace ActorLlm.Chaos.Servers;

/// <summary>The calls of one turn.</summary>
/// <param name="Started">Calls that began.</param>
/// <param name="Completed">Calls answered in full.</param>
/// <param name="Refused">Calls answered with an error, which cost nothing.</param>
/// <param name="Early">Calls that came sooner than the Retry-After of such an error asked.</param>
internal readonly record struct TurnCalls(int Started, int Completed, int Refused, int Early = 0)
{
    public static TurnCalls operator +(TurnCalls one, TurnCalls other) =>
        new(one.Started + other.Started, one.Completed + other.Completed, one.Refused + other.Refused, one.Early + other.Early);
}

/// <summary>What the simulated model counted.</summary>
/// <param name="Started">Calls that began.</param>
/// <param name="Completed">Calls answered in full.</param>
/// <param name="ByTurn">By the turn's key.</param>
internal sealed record ModelCalls(long Started, long Completed, IReadOnlyDictionary<string, TurnCalls> ByTurn)
{
    public static ModelCalls None { get; } = new(0, 0, new Dictionary<string, TurnCalls>());

    /// <summary>Reads what the simulator answers to GET /stats.</summary>
    public static async Task<ModelCalls> ReadAsync(Stream stats, CancellationToken cancellationToken)
    {
        using var json = await JsonDocument.ParseAsync(stats, cancellationToken: cancellationToken);
        // A prompt begins with its turn's key; a turn called with another history is another prompt.
        var byTurn = new Dictionary<string, TurnCalls>(StringComparer.Ordinal);
        foreach (var prompt in json.RootElement.GetProperty("prompts").EnumerateArray())
        {
            var turn = prompt.GetProperty("message").GetString()!.Split(' ')[0];
            byTurn[turn] = byTurn.GetValueOrDefault(turn)
                + new TurnCalls(Number("started"), Number("completed"), Number("refused"), Number("early"));

            int Number(string name) => prompt.GetProperty(name).GetInt32();
        }
        return new ModelCalls(json.RootElement.GetProperty("started").GetInt64(), json.RootElement.GetProperty("completed").GetInt64(), byTurn);
    }

    /// <summary>Both together.</summary>
    public ModelCalls And(ModelCalls other)
    {
        var byTurn = new Dictionary<string, TurnCalls>(ByTurn, StringComparer.Ordinal);
        foreach (var (turn, calls) in other.ByTurn)
            byTurn[turn] = byTurn.GetValueOrDefault(turn) + calls;
        return new ModelCalls(Started + other.Started, Completed + other.Completed, byTurn);
    }
}
