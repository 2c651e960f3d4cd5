using System.Globalization;

namespace RiskControl;

/// <summary>What the rules say of a transaction.</summary>
public enum Verdict
{
    /// <summary>Nothing was found.</summary>
    Clear,

    /// <summary>Something was found that may have a good reason: for the model.</summary>
    Doubtful,

    /// <summary>For people, without asking the model.</summary>
    Alert,
}

/// <summary>What a rule found.</summary>
public sealed record Finding(Verdict Verdict, string Rule, string Reason);

/// <summary>The rules, from the strictest on; the first that finds something is heard.</summary>
public static class Rules
{
    public const decimal LargeAmount = 10_000;
    public const int MostInAWhile = 4;
    public const decimal UnusualFactor = 5;
    public const int EnoughToKnow = 3;

    public static readonly TimeSpan While = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan Journey = TimeSpan.FromHours(2);

    /// <summary>Judges a transaction by the account's earlier ones, the oldest first.</summary>
    public static Finding Judge(Transaction now, IReadOnlyList<Transaction> earlier) =>
        Large(now) ?? Hasty(now, earlier) ?? Elsewhere(now, earlier) ?? Unusual(now, earlier) ?? new Finding(Verdict.Clear, "", "nothing was found");

    private static Finding? Large(Transaction now) =>
        now.Amount >= LargeAmount ? new(Verdict.Alert, "large-amount", Say($"{now.Amount:0.00} is at or above {LargeAmount}")) : null;

    private static Finding? Hasty(Transaction now, IReadOnlyList<Transaction> earlier)
    {
        var recent = 1 + earlier.Count(one => one.At <= now.At && now.At - one.At < While);
        return recent > MostInAWhile ? new(Verdict.Alert, "velocity", Say($"{recent} payments within {While.TotalMinutes:0} minutes")) : null;
    }

    private static Finding? Elsewhere(Transaction now, IReadOnlyList<Transaction> earlier) =>
        earlier is [.., var last] && last.Country != now.Country && now.At - last.At < Journey
            ? new(Verdict.Doubtful, "travel", Say($"{last.Country}, then {now.Country} {(now.At - last.At).TotalMinutes:0} minutes later"))
            : null;

    private static Finding? Unusual(Transaction now, IReadOnlyList<Transaction> earlier)
    {
        if (earlier.Count < EnoughToKnow) return null;
        var usual = earlier.Average(one => one.Amount);
        return now.Amount > UnusualFactor * usual ? new(Verdict.Doubtful, "unusual-amount", Say($"{now.Amount:0.00} where {usual:0.00} is usual")) : null;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
