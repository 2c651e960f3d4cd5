using System.Globalization;

namespace ActorLlm.Inspection.Text;

/// <summary>Times and durations as people read them.</summary>
public static class Times
{
    private const string Unknown = "?";

    /// <summary>A duration with two or three digits that count: <c>640 ms</c>, <c>1.24 s</c>, <c>2 min 5 s</c>, <c>3 h 12 min</c>, <c>4 d 3 h</c>.</summary>
    public static string Duration(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero) return "-" + Duration(duration.Negate());
        if (duration.TotalSeconds < 0.9995) return Invariant($"{duration.TotalMilliseconds:0} ms");
        if (duration.TotalSeconds < 9.995) return Invariant($"{duration.TotalSeconds:0.00} s");
        if (duration.TotalSeconds < 59.95) return Invariant($"{duration.TotalSeconds:0.0} s");
        var seconds = (long)Math.Round(duration.TotalSeconds);
        if (seconds < 3600) return Two(seconds / 60, "min", seconds % 60, "s");
        var minutes = seconds / 60;
        return minutes < 24 * 60 ? Two(minutes / 60, "h", minutes % 60, "min") : Two(minutes / (24 * 60), "d", minutes / 60 % 24, "h");
    }

    /// <summary>From one time to another; <c>?</c> where one of them is not known.</summary>
    public static string Between(DateTimeOffset? from, DateTimeOffset? to) => from is { } begin && to is { } end ? Duration(end - begin) : Unknown;

    /// <summary>How long after a beginning a time was: <c>+1.24 s</c>; <c>?</c> where one of them is not known.</summary>
    public static string After(DateTimeOffset? beginning, DateTimeOffset? at) =>
        beginning is { } begin && at is { } time ? (time < begin ? "" : "+") + Duration(time - begin) : Unknown;

    /// <summary>A time to the second, without its zone.</summary>
    public static string Seconds(DateTimeOffset at, TimeZoneInfo zone) => In(at, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A time to the millisecond with its zone.</summary>
    public static string Exact(DateTimeOffset at, TimeZoneInfo zone) =>
        $"{In(at, zone).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture)} {Zone(In(at, zone))}";

    /// <summary>The zone of a view, for the title of a column of times.</summary>
    public static string Zone(View view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Zone(In(view.Now, view.Zone));
    }

    private static string Zone(DateTimeOffset at) => at.Offset == TimeSpan.Zero ? "UTC" : "UTC" + at.ToString("zzz", CultureInfo.InvariantCulture);

    private static DateTimeOffset In(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone);

    private static string Two(long major, string majorUnit, long minor, string minorUnit) =>
        minor == 0 ? Invariant($"{major} {majorUnit}") : Invariant($"{major} {majorUnit} {minor} {minorUnit}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
