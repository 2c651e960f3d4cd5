using System.Text.Json;
using ActorLlm.Inspection;

namespace ActorLlm.Cli.Tests.Inspect;

/// <summary><c>actorllm capacity --what-if</c>, which asks nobody.</summary>
public sealed class CapacityCommandTests
{
    [Fact]
    public async Task The_articles_doubled_load_is_reckoned_without_a_cluster()
    {
        var ran = await Fakes.Cli.RunAsync("capacity", "--what-if", "rate=2000,service=0.1,workers=200,p99=0.01");

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
        Assert.Contains("R·T = 200 workers busy on average", ran.Output, StringComparison.Ordinal);
        Assert.Contains("222 workers are the fewest with which 99 of 100 wait no longer than 10 ms.", ran.Output, StringComparison.Ordinal);
        Assert.Matches("200 +100% +100% +endless +endless +endless +endless  given", ran.Output);
        Assert.Matches("222 .* the fewest for the target", ran.Output);
    }

    [Fact]
    public async Task The_plan_is_told_as_JSON_too()
    {
        var ran = await Fakes.Cli.RunAsync("capacity", "--what-if", "rate=80,service=0.1,cv=0,workers=10", "--json");

        var plan = JsonSerializer.Deserialize<CapacityPlan>(ran.Output, AdminApi.Json)!;
        Assert.Equal((80, 0.1, 0, 1, 8, 10), (plan.Rate, plan.ServiceTime, plan.Cv, plan.TargetWait, plan.Load, plan.Workers));
        var given = plan.Models.Single(model => model.Places == 10);
        Assert.Equal(0.409180, given.ChanceToWait, 1e-6);
        Assert.Equal(0.409180 * 0.1 / 2, given.MeanWaitExponential!.Value, 1e-7);
    }

    [Theory]
    [InlineData("", "'' is not a name, an equals sign and a number")]
    [InlineData("rate", "'rate' is not a name")]
    [InlineData("rate=2000", "service is missing (seconds). Expected is rate=2000,service=0.1")]
    [InlineData("service=1", "rate is missing (arrivals a second)")]
    [InlineData("rate=2000,service=0.1,speed=3", "speed is not known; expected are rate, service, cv, workers, p99")]
    [InlineData("rate=2000,rate=1,service=0.1", "rate is given twice")]
    [InlineData("rate=0,service=0.1", "rate is '0'; allowed is a number above 0")]
    [InlineData("rate=-5,service=0.1", "rate is '-5'")]
    [InlineData("rate=NaN,service=0.1", "rate is 'NaN'")]
    [InlineData("rate=1e300,service=0.1", "up to 1000000000")]
    [InlineData("rate=2000,service=100ms", "service is '100ms'")]
    [InlineData("rate=2000,service=0.1,cv=-1", "cv is '-1'; allowed is a number 0 to 100")]
    [InlineData("rate=2000,service=0.1,workers=0", "workers is '0'; allowed is a whole number from 1 to 10000000")]
    [InlineData("rate=2000,service=0.1,workers=1.5", "workers is '1.5'")]
    [InlineData("rate=2000,service=0.1,p99=0", "p99 is '0'")]
    [InlineData("rate=1000000000,service=1000000", "more than 10000000 are not reckoned with")]
    public async Task What_is_wrong_is_named_with_what_was_expected(string load, string said)
    {
        var ran = await Fakes.Cli.RunAsync("capacity", "--what-if", load);

        Assert.Equal((ExitCode.Usage, ""), (ran.ExitCode, ran.Output));
        Assert.StartsWith("actorllm: --what-if: ", ran.Error, StringComparison.Ordinal);
        Assert.Contains(said, ran.Error, StringComparison.Ordinal);
    }
}
