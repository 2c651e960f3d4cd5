using ActorLlm.Domain;
using ActorLlm.Domain.Capacity;

namespace ActorLlm.Inspection;

/// <summary>Puts what was measured beside what the models say.</summary>
public static class CapacityPictures
{
    /// <summary>The picture of what the coordinator tells.</summary>
    public static CapacityPicture Of(CapacityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new CapacityPicture(report.TargetWait.TotalSeconds, report.Wanted, [.. report.Stations.Select(Of)]);
    }

    /// <summary>What a model says.</summary>
    internal static ModelPicture Of(QueueModel model) => new(
        model.Servers, model.Utilisation, model.ChanceToWait, Finite(model.MeanWaitExponential), Finite(model.MeanWait),
        Finite(model.WaitWithin(Limits.CapacityShare)), Finite(model.MeanWaiting));

    private static StationPicture Of(StationReport station) => new(
        station.Station == StationTally.Worker ? null : station.Station, station.Nodes, [.. station.Windows.Select(window => Of(window, station.Nodes))]);

    private static WindowPicture Of(StationReading reading, int nodes)
    {
        var model = reading.CanBeModelled ? reading.Model : null;
        return new WindowPicture(
            reading.Seconds, reading.Servers, reading.Served, reading.ArrivalRate, reading.DepartureRate, reading.MeanService, Math.Sqrt(reading.Variation),
            reading.MeanWait, reading.Waiting, reading.Busy,
            model is null ? null : ArticleFormula.Nodes(reading.ArrivalRate, reading.MeanService, (double)reading.Servers / nodes),
            model is null ? null : Of(model),
            Of(reading.Law));
    }

    private static LawPicture Of(LittlesLaw law) => new(law.Inside, law.Expected, Finite(law.Tolerance), law.Verdict switch
    {
        LittlesVerdict.TooFew => LawVerdict.TooFew,
        LittlesVerdict.Holds => LawVerdict.Holds,
        LittlesVerdict.Grows => LawVerdict.Grows,
        LittlesVerdict.Shrinks => LawVerdict.Shrinks,
        LittlesVerdict.SomeStay => LawVerdict.SomeStay,
        LittlesVerdict.SomeWereOld => LawVerdict.SomeWereOld,
        _ => throw new ArgumentOutOfRangeException(nameof(law), law.Verdict, null),
    });

    // JSON has no word for what is endless.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
