using System.Globalization;

namespace ActorLlm.Backends;

/// <summary>Reads <c>retry-after-ms</c> and <c>Retry-After</c> (seconds or an HTTP date, RFC 9110 section 10.2.3).</summary>
internal static class RetryAfter
{
    /// <summary>More than this is taken for a mistake of the provider and cut down to it.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <param name="header">The value of a header by its name, null when absent.</param>
    /// <param name="time">Tells the time when the answer has no Date of its own.</param>
    public static TimeSpan? Read(Func<string, string?> header, TimeProvider time)
    {
        if (Number(header("retry-after-ms")) is { } milliseconds)
            return Bounded(milliseconds / 1000);
        string? text = header("Retry-After");
        if (Number(text) is { } seconds)
            return Bounded(seconds);
        if (Date(text) is not { } until)
            return null;
        // The provider's own clock, so that ours may be wrong.
        DateTimeOffset now = Date(header("Date")) ?? time.GetUtcNow();
        return Bounded((until - now).TotalSeconds);
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : null;

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset date) ? date : null;

    private static TimeSpan Bounded(double seconds) =>
        TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Longest.TotalSeconds));
}
