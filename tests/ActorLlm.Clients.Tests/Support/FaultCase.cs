using System.Globalization;
using System.Text.Json;

namespace ActorLlm.Clients.Tests.Support;

/// <summary>A way to ask: stored or not, streamed or not.</summary>
/// <param name="Name">Its name in <c>faults.json</c>.</param>
/// <param name="Store">What the request says of it.</param>
/// <param name="Streamed">Whether the reply is streamed.</param>
internal sealed record FaultWay(string Name, bool? Store, bool Streamed);

/// <summary>One fault of a backend, and what a client sees of it: <c>faults.json</c>, which npm's programs read too.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Fault">What goes wrong, for people.</param>
/// <param name="Ask">What asks the simulator for it.</param>
/// <param name="Seen">By way, what is seen: whole, empty, an error status, or a stream that breaks off.</param>
internal sealed record FaultCase(string Name, string Fault, string Ask, IReadOnlyDictionary<string, JsonElement> Seen)
{
    public const string Whole = "the whole reply";

    public const string Empty = "an empty reply";

    public const string Broken = "text, then broken off";

    /// <summary>The model that has the fault.</summary>
    public string Model { get; init; } = "faulty";

    /// <summary>Tokens of the whole reply.</summary>
    public int Tokens { get; init; } = 32;

    /// <summary>The ways, in the order of the table of <c>docs/faults.md</c>.</summary>
    public static IReadOnlyList<FaultWay> Ways { get; } =
        [new("durablePlain", null, false), new("durableStreamed", null, true), new("directPlain", false, false), new("directStreamed", false, true)];

    /// <summary>The catalogue.</summary>
    public static IReadOnlyList<FaultCase> All { get; } =
        JsonSerializer.Deserialize<FaultCase[]>(File.ReadAllText(Path.Combine(NpmPackages.Folder, "..", "faults.json")), JsonSerializerOptions.Web)!;

    /// <summary>What is seen, one way after the other, in words.</summary>
    /// <param name="codeOfBrokenIsSeen">Whether the error within a stream is told: the .NET clients know only that it broke off.</param>
    public string Expected(bool codeOfBrokenIsSeen) => Describe(Ways.Select(way => Words(Seen[way.Name], codeOfBrokenIsSeen)));

    public static string Describe(IEnumerable<string> seen) => string.Join(" | ", seen);

    public static string Refused(int status, string code, TimeSpan retryAfter)
    {
        var wait = retryAfter > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $", Retry-After {retryAfter.TotalSeconds:0.###}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{status} `{code}`{wait}");
    }

    private static string Words(JsonElement seen, bool codeOfBrokenIsSeen)
    {
        if (seen.ValueKind == JsonValueKind.String) return seen.GetString() == "whole" ? Whole : Empty;
        if (seen.TryGetProperty("broken", out var code))
            return codeOfBrokenIsSeen && code.GetString() is { } word and not "any" ? $"{Broken}: `{word}`" : Broken;
        var wait = seen.TryGetProperty("retryAfter", out var seconds) ? TimeSpan.FromSeconds(seconds.GetDouble()) : TimeSpan.Zero;
        return Refused(seen.GetProperty("status").GetInt32(), seen.GetProperty("code").GetString()!, wait);
    }
}
