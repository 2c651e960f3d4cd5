using System.Globalization;

namespace ActorLlm.Inspection.Text;

/// <summary>The load and what the models say of it, as tables.</summary>
public static class CapacityText
{
    // A station that is busy for more of the time than this is one whose waits grow fast.
    private const double MuchUsed = 0.8;

    /// <summary>What was measured.</summary>
    public static Page Of(CapacityPicture picture, View view)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(view);
        var measured = new Table(
            new Column("STATION", Shrinks: true), new Column("NODES", Right: true), new Column("WINDOW", Right: true), new Column("PLACES c", Right: true), new Column("RATE R", Right: true),
            new Column("SERVICE T", Right: true), new Column("CV", Right: true), new Column("WAITING", Right: true), new Column("BUSY", Right: true), new Column("WAIT W", Right: true),
            new Column("LITTLE L = R·W"));
        var said = new Table(
            new Column("STATION", Shrinks: true), new Column("WINDOW", Right: true), new Column("USED", Right: true), new Column("MUST WAIT", Right: true), new Column("WAIT M/M/c", Right: true),
            new Column("WAIT M/G/c", Right: true), new Column("ITS P99", Right: true), new Column("MEASURED", Right: true), new Column("N = R·T/L", Right: true));
        foreach (var station in picture.Stations)
        {
            foreach (var window in station.Windows)
            {
                measured.Add(
                    Name(station), Whole(station.Nodes), Cell(Times.Duration(TimeSpan.FromSeconds(window.Seconds))), Whole(window.Places), Cell($"{Number(window.ArrivalRate)}/s"),
                    Time(window.ServiceTime), Cell(Number(window.Cv)), Cell(Number(window.Waiting)), Cell(Number(window.Busy)), Time(window.WaitTime), Law(window.Law));
                if (window.Model is not { } model) continue;
                said.Add(
                    Name(station), Cell(Times.Duration(TimeSpan.FromSeconds(window.Seconds))), Used(model), Cell(Percent(model.ChanceToWait)), Time(model.MeanWaitExponential), Time(model.MeanWait),
                    Time(model.WaitP99), Time(window.WaitTime), Cell(window.ArticleNodes is { } nodes ? Number(nodes) : "-"));
            }
        }

        var target = $"so that 99 of 100 attempts wait no longer than {Show(picture.TargetWait)} for one";
        return new Page(
        [
            TextLine.Of(picture.Wanted == 0 ? $"No places are wanted: nothing comes. They would be counted {target}." : $"{picture.Wanted} places of workers are wanted, {target}."),
            TextLine.Empty, .. measured.Lines(view.Width),
            .. said.Rows == 0 ? [] : (IEnumerable<TextLine>)[TextLine.Empty, .. said.Lines(view.Width)],
        ]);
    }

    /// <summary>What is reckoned on paper.</summary>
    public static Page Of(CapacityPlan plan, View view)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(view);
        var table = new Table(
            new Column("WORKERS", Right: true), new Column("USED", Right: true), new Column("MUST WAIT", Right: true), new Column("WAIT M/M/c", Right: true), new Column("WAIT M/G/c", Right: true),
            new Column("ITS P99", Right: true), new Column("WAITING", Right: true), new Column("NOTES"));
        foreach (var model in plan.Models)
        {
            string[] notes = [.. model.Places == plan.Workers ? ["given"] : (string[])[], .. model.Places == plan.Wanted ? ["the fewest for the target"] : (string[])[]];
            table.Add(
                Whole(model.Places), Used(model), Cell(Percent(model.ChanceToWait)), Time(model.MeanWaitExponential), Time(model.MeanWait), Time(model.WaitP99),
                Cell(model.MeanWaiting is { } waiting ? Number(waiting) : "endless"), Cell(string.Join(", ", notes)));
        }

        return new Page(
        [
            TextLine.Of($"{Number(plan.Rate)} a second, each {Show(plan.ServiceTime)} with a coefficient of variation of {Number(plan.Cv)}: R·T = {Number(plan.Load)} workers busy on average."),
            TextLine.Of($"The article's N = R·T/L asks for {Number(plan.Load)}/L nodes of L workers. With just so many all are busy all the time, and the line grows without end."),
            TextLine.Of(plan.Wanted is { } wanted
                ? $"{wanted} workers are the fewest with which 99 of 100 wait no longer than {Show(plan.TargetWait)}."
                : $"No number of workers that is reckoned with has 99 of 100 wait no longer than {Show(plan.TargetWait)}."),
            TextLine.Empty, .. table.Lines(view.Width),
        ]);
    }

    private static TextRun Name(StationPicture station) => TextRun.Of(station.Backend ?? "workers");

    private static TextRun Used(ModelPicture model) => new(
        Percent(model.Utilisation), model.Utilisation >= 1 ? Tone.Bad : model.Utilisation > MuchUsed ? Tone.Warning : Tone.Good);

    private static TextRun Law(LawPicture law)
    {
        var sides = $"{Number(law.Inside)} = {Number(law.Expected)}";
        var other = $"{Number(law.Inside)}, not {Number(law.Expected)}";
        return law.Verdict switch
        {
            LawVerdict.TooFew => new("too few to tell", Tone.Faint),
            LawVerdict.Holds => new(sides, Tone.Good),
            LawVerdict.Grows => new($"{other}: more come than leave", Tone.Bad),
            LawVerdict.Shrinks => new($"{other}: more leave than come", Tone.Warning),
            LawVerdict.SomeStay => new($"{other}: some have stayed for long", Tone.Warning),
            LawVerdict.SomeWereOld => new($"{other}: some that left were old", Tone.Warning),
            _ => throw new ArgumentOutOfRangeException(nameof(law), law.Verdict, null),
        };
    }

    private static TextRun Cell(string text) => new(text);

    private static TextRun Whole(int number) => new(number.ToString(CultureInfo.InvariantCulture));

    private static TextRun Time(double? seconds) => seconds is { } time ? new(Show(time)) : new("endless", Tone.Bad);

    // Waits are often far below a millisecond.
    private static string Show(double seconds) => seconds is > 0 and < 0.00995
        ? (seconds * 1000).ToString(seconds < 0.000995 ? "0.###" : "0.##", CultureInfo.InvariantCulture) + " ms"
        : Times.Duration(TimeSpan.FromSeconds(seconds));

    private static string Number(double value) => value.ToString(value < 9.995 ? "0.##" : value < 99.95 ? "0.#" : "0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString(share < 0.0995 ? "0.##" : share is > 0.9 and < 1 ? "0.#" : "0", CultureInfo.InvariantCulture) + "%";
}
