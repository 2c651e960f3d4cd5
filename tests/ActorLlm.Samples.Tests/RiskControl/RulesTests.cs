using RiskControl;

namespace ActorLlm.Samples.Tests;

public class RulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    private static Transaction Pay(double minutes, decimal amount = 20, string country = "DE") =>
        new($"t{minutes}", "account-anna", Noon.AddMinutes(minutes), amount, country, "Shop");

    [Fact]
    public void Ordinary_payments_are_clear()
    {
        Assert.Equal(Verdict.Clear, Rules.Judge(Pay(0), []).Verdict);
        Assert.Equal(Verdict.Clear, Rules.Judge(Pay(900), [Pay(0), Pay(300), Pay(600)]).Verdict);
    }

    [Theory]
    [InlineData(9999.99, Verdict.Clear)]
    [InlineData(10000, Verdict.Alert)]
    public void A_large_amount_is_an_alert(decimal amount, Verdict verdict) => Assert.Equal(verdict, Rules.Judge(Pay(0, amount), []).Verdict);

    [Fact]
    public void The_fifth_payment_within_ten_minutes_is_an_alert()
    {
        Transaction[] four = [Pay(0), Pay(1), Pay(2), Pay(3)];

        Assert.Equal((Verdict.Alert, "velocity"), Rules.Judge(Pay(9), four) is var found ? (found.Verdict, found.Rule) : default);
        Assert.Equal(Verdict.Clear, Rules.Judge(Pay(10), four).Verdict);
    }

    [Fact]
    public void Another_country_within_two_hours_is_doubtful()
    {
        Assert.Equal("DE, then BR 119 minutes later", Rules.Judge(Pay(119, country: "BR"), [Pay(0)]).Reason);
        Assert.Equal(Verdict.Doubtful, Rules.Judge(Pay(119, country: "BR"), [Pay(0)]).Verdict);
        Assert.Equal(Verdict.Clear, Rules.Judge(Pay(120, country: "BR"), [Pay(0)]).Verdict);
    }

    [Fact]
    public void An_amount_far_above_the_usual_is_doubtful_once_the_usual_is_known()
    {
        Assert.Equal(Verdict.Doubtful, Rules.Judge(Pay(900, 101), [Pay(0), Pay(300), Pay(600)]).Verdict);
        Assert.Equal(Verdict.Clear, Rules.Judge(Pay(900, 100), [Pay(0), Pay(300), Pay(600)]).Verdict);
        Assert.Equal(Verdict.Clear, Rules.Judge(Pay(900, 101), [Pay(0), Pay(300)]).Verdict);
    }

    [Fact]
    public void The_strictest_rule_is_heard() =>
        Assert.Equal("large-amount", Rules.Judge(Pay(5, 20_000, "BR"), [Pay(0), Pay(1), Pay(2), Pay(3)]).Rule);

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"id":"t","account":"a","amount":1,"country":"DE","merchant":"m"}""")]
    public void A_line_that_is_no_transaction_is_refused_with_its_text(string line) =>
        Assert.Contains($"'{line}'", Assert.Throws<FormatException>(() => Transaction.Parse(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_transaction_is_read_as_it_was_written() => Assert.Equal(Pay(7, 12.34m), Transaction.Parse(Pay(7, 12.34m).ToString()));

    [Theory]
    [InlineData("""{"decision":"clear","reason":"a journey"}""", false, Ruling.ByModel, "a journey")]
    [InlineData("""{"decision":"alert","reason":"stolen"}""", true, Ruling.ByModel, "stolen")]
    [InlineData("""{"decision":"maybe","reason":"who knows"}""", true, Ruling.ByRules, "found; the model's answer could not be used")]
    [InlineData("""{"decision":"clear","reason":" "}""", true, Ruling.ByRules, "found; the model's answer could not be used")]
    [InlineData("""{"decision":"clear"}""", true, Ruling.ByRules, "found; the model's answer could not be used")]
    [InlineData("""["clear"]""", true, Ruling.ByRules, "found; the model's answer could not be used")]
    [InlineData("""{"decision":1,"reason":2}""", true, Ruling.ByRules, "found; the model's answer could not be used")]
    [InlineData("clear", true, Ruling.ByRules, "found; the model's answer could not be used")]
    public void An_answer_of_the_model_that_cannot_be_used_clears_nothing(string answer, bool alert, string by, string reason)
    {
        var ruling = RiskModule.Decide(Pay(0), new Finding(Verdict.Doubtful, "travel", "found"), answer);

        Assert.Equal(new Ruling("t0", "account-anna", alert, "travel", by, reason), ruling);
    }

    [Fact]
    public void The_report_counts_by_rule_and_by_who_decided()
    {
        Ruling[] rulings =
        [
            new("1", "a", false, "", Ruling.ByRules, ""), new("2", "b", false, "", Ruling.ByRules, ""),
            new("3", "a", true, "travel", Ruling.ByModel, ""), new("4", "a", false, "travel", Ruling.ByModel, ""),
        ];

        Assert.Equal(
            """
            4 transactions of 2 accounts, 1 alerts
            found by         decided by  clear  alert
            nothing          rules           2      0
            travel           model           1      1

            """, Report.Of(rulings), ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void The_queue_holds_an_alert_once_however_often_it_is_handed_out()
    {
        using var folder = new Folder();
        var alert = new Ruling("t1", "a", true, "travel", Ruling.ByModel, "stolen");

        new AlertQueue(folder.Of("alerts.db")).Put(alert);
        new AlertQueue(folder.Of("alerts.db")).Put(alert);
        new AlertQueue(folder.Of("alerts.db")).Put(alert with { Id = "t2" });

        Assert.Equal([("t1", 2), ("t2", 1)], new AlertQueue(folder.Of("alerts.db")).All().OrderBy(one => one.Key).Select(one => (one.Key, one.Value)));
    }
}
