using System.Globalization;

namespace ActorLlm.Backends;

/// <summary>The allowed range of a numeric setting, in one place for reading, validating and telling.</summary>
internal sealed record Allowed(double Min, double Max, bool Whole = false)
{
    public bool Contains(double value) => value >= Min && value <= Max;

    public string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"a {(Whole ? "whole number" : "number")} from {Min:0.###} to {Max:0.###}");

    public string Problem(string key, object? value) =>
        string.Create(CultureInfo.InvariantCulture, $"{key} is '{value}': expected {Describe()}.");

    public static Allowed Weight { get; } = new(1, 1000, Whole: true);
    public static Allowed Concurrency { get; } = new(1, 10_000, Whole: true);
    public static Allowed InactivitySeconds { get; } = new(1, 3_600);
    public static Allowed ResponseSeconds { get; } = new(1, 86_400);
    public static Allowed Milliseconds { get; } = new(0, 3_600_000);
    public static Allowed ReplyTokens { get; } = new(1, 100_000, Whole: true);
    public static Allowed Probability { get; } = new(0, 1);
    public static Allowed Seed { get; } = new(int.MinValue, int.MaxValue, Whole: true);
}
