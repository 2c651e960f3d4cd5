using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorLlm.Backends.Simulation;

/// <summary>What goes wrong in a simulated call.</summary>
public enum SimulatorFaultKind
{
    /// <summary>An error status instead of an answer.</summary>
    Status,

    /// <summary>Nothing more comes, and nothing ends, until the caller gives up.</summary>
    Hang,

    /// <summary>The connection breaks.</summary>
    Cut,

    /// <summary>A chunk that is not JSON.</summary>
    Malformed,

    /// <summary>The stream closes in good order, but no finish reason and no <c>[DONE]</c> came.</summary>
    MissingEnd,

    /// <summary>A page of HTML with status 200, as a proxy in between gives it.</summary>
    WrongType,

    /// <summary>A chunk with bytes that are no UTF-8; the rest is in good order.</summary>
    InvalidUtf8,

    /// <summary>The answer goes on for as long as anybody listens.</summary>
    Endless,

    /// <summary>An answer in good order, without any text.</summary>
    Empty,
}

/// <summary>
/// A fault, parsed from words such as <c>status=429 retry-after=2 first=2</c>: one of <c>status=400..599</c>, <c>hang</c>, <c>cut</c>,
/// <c>malformed</c>, <c>missing-end</c>, <c>invalid-utf8</c>, <c>endless</c> (each but the first optionally <c>=k</c>: after k tokens, default 0, for
/// <c>missing-end</c> and <c>endless</c> all of them), <c>wrong-type</c>, <c>empty</c>, and <c>retry-after=seconds</c> or <c>retry-at=seconds</c> (the same as a date),
/// <c>code=word</c> (of the error), <c>first=n</c> (only the first n calls of this prompt), <c>p=0..1</c> (only with this probability).
/// </summary>
public sealed record SimulatorFault(SimulatorFaultKind Kind)
{
    private const string Expected = "expected one of status=400..599, hang, cut, malformed, missing-end, invalid-utf8, endless (each =tokens before it), wrong-type, empty, "
        + "with retry-after=seconds or retry-at=seconds (0..86400), code=word, first=calls (1..1000000), p=probability (0..1).";

    /// <summary>The error status, for <see cref="SimulatorFaultKind.Status"/>.</summary>
    public int StatusCode { get; init; }

    /// <summary>The wait that comes with the status, if any.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the wait is told as the date when it ends.</summary>
    public bool RetryAtDate { get; init; }

    /// <summary>The error's code, where it is not that of its status.</summary>
    public string? Code { get; init; }

    /// <summary>Tokens sent before the fault.</summary>
    public int AfterTokens { get; init; }

    /// <summary>Only the first so many calls of a prompt fail; null: all.</summary>
    public int? First { get; init; }

    /// <summary>The share of calls that fail.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Parses the words of a fault; <paramref name="problem"/> says what is wrong with them.</summary>
    public static bool TryParse(
        string words, [NotNullWhen(true)] out SimulatorFault? fault, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(words);
        fault = null;
        SimulatorFault modifiers = new(SimulatorFaultKind.Status);
        SimulatorFault? main = null;
        foreach (string word in words.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Modifier(modifiers, word) is { } modified)
                modifiers = modified;
            else if (main is null && Main(word) is { } parsed)
                main = parsed;
            else
            {
                problem = $"'{word}' is not understood; {Expected}";
                return false;
            }
        }
        problem = main is null ? Expected : null;
        fault = main is null
            ? null
            : modifiers with { Kind = main.Kind, StatusCode = main.StatusCode, AfterTokens = main.AfterTokens };
        return fault is not null;
    }

    private static SimulatorFault? Modifier(SimulatorFault fault, string word)
    {
        (string name, string? value) = Split(word);
        return name switch
        {
            "retry-after" when Number(value, 0, 86_400) is { } seconds => fault with { RetryAfter = TimeSpan.FromSeconds(seconds) },
            "retry-at" when Number(value, 0, 86_400) is { } seconds => fault with { RetryAfter = TimeSpan.FromSeconds(seconds), RetryAtDate = true },
            "code" when value is { Length: > 0 } => fault with { Code = value },
            "first" when Whole(value, 1, 1_000_000) is { } calls => fault with { First = calls },
            "p" when Number(value, 0, 1) is { } probability => fault with { Probability = probability },
            _ => null,
        };
    }

    private static SimulatorFault? Main(string word)
    {
        (string name, string? value) = Split(word);
        if (name == "status")
            return Whole(value, 400, 599) is { } status ? new(SimulatorFaultKind.Status) { StatusCode = status } : null;
        SimulatorFaultKind? kind = name switch
        {
            "hang" => SimulatorFaultKind.Hang,
            "cut" => SimulatorFaultKind.Cut,
            "malformed" => SimulatorFaultKind.Malformed,
            "missing-end" => SimulatorFaultKind.MissingEnd,
            "invalid-utf8" => SimulatorFaultKind.InvalidUtf8,
            "endless" => SimulatorFaultKind.Endless,
            "wrong-type" when value is null => SimulatorFaultKind.WrongType,
            "empty" when value is null => SimulatorFaultKind.Empty,
            _ => null,
        };
        int? after = value is null ? (kind is SimulatorFaultKind.MissingEnd or SimulatorFaultKind.Endless ? int.MaxValue : 0) : Whole(value, 0, 1_000_000);
        return kind is { } known && after is { } tokens ? new(known) { AfterTokens = tokens } : null;
    }

    private static (string Name, string? Value) Split(string word)
    {
        int at = word.IndexOf('=', StringComparison.Ordinal);
        return at < 0 ? (word, null) : (word[..at], word[(at + 1)..]);
    }

    private static double? Number(string? text, double min, double max) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= min && value <= max
            ? value
            : null;

    private static int? Whole(string? text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max ? value : null;
}
