using ActorLlm.Backends.Simulation;

namespace ActorLlm.Backends.Tests.Simulation;

public class SimulatorFaultTests
{
    public static TheoryData<string, SimulatorFault> Faults => new()
    {
        { "status=503", new(SimulatorFaultKind.Status) { StatusCode = 503 } },
        {
            "status=429 retry-after=2.5 first=2 p=0.25",
            new(SimulatorFaultKind.Status) { StatusCode = 429, RetryAfter = TimeSpan.FromSeconds(2.5), First = 2, Probability = 0.25 }
        },
        { "first=1 hang", new(SimulatorFaultKind.Hang) { First = 1 } },
        { "hang=7", new(SimulatorFaultKind.Hang) { AfterTokens = 7 } },
        { "cut=3", new(SimulatorFaultKind.Cut) { AfterTokens = 3 } },
        { "malformed=0", new(SimulatorFaultKind.Malformed) },
        { "missing-end", new(SimulatorFaultKind.MissingEnd) { AfterTokens = int.MaxValue } },
        { "wrong-type", new(SimulatorFaultKind.WrongType) },
        { "invalid-utf8=2", new(SimulatorFaultKind.InvalidUtf8) { AfterTokens = 2 } },
        { "endless", new(SimulatorFaultKind.Endless) { AfterTokens = int.MaxValue } },
        { "empty first=1", new(SimulatorFaultKind.Empty) { First = 1 } },
        { "status=429 retry-at=2", new(SimulatorFaultKind.Status) { StatusCode = 429, RetryAfter = TimeSpan.FromSeconds(2), RetryAtDate = true } },
        { "code=too_long status=400", new(SimulatorFaultKind.Status) { StatusCode = 400, Code = "too_long" } },
        { "missing-end=4", new(SimulatorFaultKind.MissingEnd) { AfterTokens = 4 } },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Its_words_are_understood(string words, SimulatorFault expected)
    {
        Assert.True(SimulatorFault.TryParse(words, out SimulatorFault? fault, out string? problem), problem);
        Assert.Equal(expected, fault);
    }

    [Theory]
    [InlineData("")]
    [InlineData("first=2")]
    [InlineData("status")]
    [InlineData("status=200")]
    [InlineData("status=600")]
    [InlineData("cut=-1")]
    [InlineData("cut=x")]
    [InlineData("cut hang")]
    [InlineData("cut first=0")]
    [InlineData("cut p=1.1")]
    [InlineData("cut p=NaN")]
    [InlineData("status=429 retry-after=-1")]
    [InlineData("empty=1")]
    [InlineData("wrong-type=1")]
    [InlineData("status=400 code=")]
    [InlineData("explode")]
    public void Other_words_are_refused_with_those_that_exist(string words)
    {
        Assert.False(SimulatorFault.TryParse(words, out _, out string? problem));
        Assert.Contains("expected one of status=400..599, hang, cut, malformed, missing-end", problem, StringComparison.Ordinal);
    }
}
