using System.Globalization;
using ActorLlm.Domain;
using ActorLlm.Domain.Capacity;

namespace ActorLlm.Inspection;

/// <summary>A load that is reckoned on paper, without a cluster.</summary>
/// <param name="Rate">Arrivals a second, R.</param>
/// <param name="ServiceTime">Mean time that a place is taken, T, in seconds.</param>
/// <param name="Cv">The service time's coefficient of variation.</param>
/// <param name="TargetWait">The wait that 99 of 100 are not to exceed, in seconds.</param>
/// <param name="Load">Places that are busy on average, R·T.</param>
/// <param name="Wanted">The fewest places that keep to the target; null where more would be needed than are reckoned with.</param>
/// <param name="Models">What the models say of the places that were given and of some others, the fewest first.</param>
/// <param name="Workers">The places that were given; null for none.</param>
public sealed record CapacityPlan(
    double Rate, double ServiceTime, double Cv, double TargetWait, double Load, int? Wanted, IReadOnlyList<ModelPicture> Models, int? Workers)
{
    /// <summary>How it is asked for.</summary>
    public const string Example = "rate=2000,service=0.1[,cv=1][,workers=250][,p99=1]";

    private const double DefaultTarget = 1;
    private const double MostRate = 1e9;
    private const double MostSeconds = 1e6;
    private const double MostCv = 100;

    private static readonly string[] Keys = ["rate", "service", "cv", "workers", "p99"];

    // Beside what was asked for: what costs little waiting, and what costs much.
    private static readonly double[] UsualUtilisations = [0.95, 0.8, 0.5];

    /// <summary>Reckons what a text such as <see cref="Example"/> asks.</summary>
    /// <exception cref="FormatException">It cannot be understood; the message says what was wrong and what was expected.</exception>
    public static CapacityPlan Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(','))
        {
            if (part.Split('=') is not [var key, var value]) throw new FormatException($"'{part}' is not a name, an equals sign and a number. Expected is {Example}.");
            if (!given.TryAdd(key.Trim(), value.Trim())) throw new FormatException($"{key.Trim()} is given twice.");
        }

        if (given.Keys.Except(Keys).FirstOrDefault() is { } unknown) throw new FormatException($"{unknown} is not known; expected are {string.Join(", ", Keys)}, as in {Example}.");
        return Of(
            Number(given, "rate", "arrivals a second", MostRate, orElse: null), Number(given, "service", "seconds", MostSeconds, orElse: null),
            Number(given, "cv", "standard deviation over mean", MostCv, orElse: 1, least: 0), Whole(given, "workers"), Number(given, "p99", "seconds of waiting", MostSeconds, DefaultTarget));
    }

    private static CapacityPlan Of(double rate, double service, double cv, int? workers, double target)
    {
        var model = new QueueModel(rate, service, cv * cv, workers ?? 1);
        if (model.Load >= Limits.MaxModelServers)
            throw new FormatException($"rate times service is {Text(model.Load)} places; more than {Limits.MaxModelServers} are not reckoned with.");
        var wanted = model.ServersFor(Limits.CapacityShare, target);
        var rows = UsualUtilisations.Select(used => (int?)Math.Min(Limits.MaxModelServers, (int)Math.Ceiling(model.Load / used))).Append(workers).Append(wanted);
        return new CapacityPlan(
            rate, service, cv, target, model.Load, wanted,
            [.. rows.OfType<int>().Distinct().Order().Select(servers => CapacityPictures.Of(model with { Servers = servers }))], workers);
    }

    private static double Number(Dictionary<string, string> given, string key, string unit, double most, double? orElse, double? least = null)
    {
        if (!given.TryGetValue(key, out var text)) return orElse ?? throw new FormatException($"{key} is missing ({unit}). Expected is {Example}.");
        var allowed = least is { } from ? $"{Text(from)} to {Text(most)}" : $"above 0, up to {Text(most)}";
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value <= most && (least is { } lowest ? value >= lowest : value > 0)
            ? value
            : throw new FormatException($"{key} is '{text}'; allowed is a number {allowed} ({unit}).");
    }

    private static int? Whole(Dictionary<string, string> given, string key)
    {
        if (!given.TryGetValue(key, out var text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is >= 1 and <= Limits.MaxModelServers
            ? value
            : throw new FormatException($"{key} is '{text}'; allowed is a whole number from 1 to {Limits.MaxModelServers}.");
    }

    private static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
