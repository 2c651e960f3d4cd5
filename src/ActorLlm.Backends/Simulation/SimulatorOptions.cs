using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorLlm.Backends.Simulation;

/// <summary>How the simulator answers: times in milliseconds, length in tokens, faults. A message may override it, see
/// <see cref="SimulatorDirectives"/>.</summary>
public sealed class SimulatorOptions
{
    /// <summary>The model that a simulator serves unless told otherwise.</summary>
    public const string DefaultModel = "simulator";

    /// <summary>Mean time to the first token, 0 to 3600000 ms.</summary>
    public double TimeToFirstTokenMs { get; set; }

    /// <summary>Standard deviation of it (a normal distribution cut off at 0), 0 to 3600000 ms.</summary>
    public double TimeToFirstTokenDeviationMs { get; set; }

    /// <summary>Mean time between two tokens, 0 to 3600000 ms.</summary>
    public double InterTokenMs { get; set; }

    /// <summary>Standard deviation of it, 0 to 3600000 ms.</summary>
    public double InterTokenDeviationMs { get; set; }

    /// <summary>
    /// Mean time of a whole answer, 0 to 3600000 ms. Unset: the token times add up to it. A stream waits the part that the token times
    /// leave over before its first token.
    /// </summary>
    public double? TotalMs { get; set; }

    /// <summary>Standard deviation of <see cref="TotalMs"/>, 0 to 3600000 ms.</summary>
    public double TotalDeviationMs { get; set; }

    /// <summary>Length of an answer, 1 to 100000 tokens (about six characters each).</summary>
    public int ReplyTokens { get; set; } = 32;

    /// <summary>Tokens in one chunk of a stream, 1 to 100000.</summary>
    public int TokensPerChunk { get; set; } = 1;

    /// <summary>A fault for every call, in the words of a directive: <c>status=503 retry-after=1 p=0.2</c>.</summary>
    public string? Fault { get; set; }

    /// <summary>A file with replies to certain prompts, in JSON (docs/configuration.md); unset for none.</summary>
    public string? Replies { get; set; }

    /// <summary>Seed of the varying times and of the faults' probability.</summary>
    public int Seed { get; set; }

    /// <summary>Reads the options from a section of their own, as the simulator's HTTP server does.</summary>
    /// <exception cref="OptionsValidationException">A value is misspelt or out of range; the message names key, value and range.</exception>
    public static SimulatorOptions From(IConfigurationSection section)
    {
        ArgumentNullException.ThrowIfNull(section);
        List<string> problems = [];
        SimulatorOptions options = BackendOptionsReader.ReadSimulator(new SettingReader(section, section.Path, problems));
        problems.AddRange(options.Problems(section.Path));
        return problems.Count == 0
            ? options
            : throw new OptionsValidationException(section.Path, typeof(SimulatorOptions), problems);
    }

    internal IEnumerable<string> Problems(string path)
    {
        (string Key, double Value, Allowed Allowed)[] numbers =
        [
            (nameof(TimeToFirstTokenMs), TimeToFirstTokenMs, Allowed.Milliseconds),
            (nameof(TimeToFirstTokenDeviationMs), TimeToFirstTokenDeviationMs, Allowed.Milliseconds),
            (nameof(InterTokenMs), InterTokenMs, Allowed.Milliseconds),
            (nameof(InterTokenDeviationMs), InterTokenDeviationMs, Allowed.Milliseconds),
            (nameof(TotalMs), TotalMs ?? 0, Allowed.Milliseconds),
            (nameof(TotalDeviationMs), TotalDeviationMs, Allowed.Milliseconds),
            (nameof(ReplyTokens), ReplyTokens, Allowed.ReplyTokens),
            (nameof(TokensPerChunk), TokensPerChunk, Allowed.ReplyTokens),
        ];
        foreach ((string key, double value, Allowed allowed) in numbers)
        {
            if (!allowed.Contains(value))
                yield return allowed.Problem($"{path}:{key}", value);
        }
        if (Fault is not null && !SimulatorFault.TryParse(Fault, out _, out string? problem))
            yield return $"{path}:{nameof(Fault)} is '{Fault}': {problem}";
        if (Replies is not null && SimulatorScript.Problem(Replies) is { } unread)
            yield return $"{path}:{nameof(Replies)} is '{Replies}': {unread}";
    }
}
