using System.Globalization;
using System.Text;

namespace RiskControl;

/// <summary>What became of a stream of transactions, in a few lines of text.</summary>
public static class Report
{
    public static string Of(IReadOnlyCollection<Ruling> rulings)
    {
        var text = new StringBuilder();
        var accounts = rulings.Select(ruling => ruling.Account).Distinct().Count();
        text.AppendLine(CultureInfo.InvariantCulture, $"{rulings.Count} transactions of {accounts} accounts, {rulings.Count(ruling => ruling.Alert)} alerts");
        text.AppendLine("found by         decided by  clear  alert");
        foreach (var row in rulings.GroupBy(ruling => (ruling.Rule, ruling.By)).OrderBy(row => row.Key))
        {
            var rule = row.Key.Rule.Length > 0 ? row.Key.Rule : "nothing";
            text.AppendLine(CultureInfo.InvariantCulture, $"{rule,-16} {row.Key.By,-10} {row.Count(one => !one.Alert),6} {row.Count(one => one.Alert),6}");
        }

        return text.ToString();
    }
}
