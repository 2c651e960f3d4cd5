using System.CommandLine;
using ActorLlm.Chaos.Resumption;

namespace ActorLlm.Chaos.Tests.Resumption;

public sealed class ResumeCommandTests
{
    [Theory]
    [InlineData("--times 0", "--times is '0': give a number from 1 to 100000.")]
    [InlineData("--times often", "--times is 'often': give a number from 1 to 100000.")]
    [InlineData("--seed -1", "--seed is '-1': give a number from 0 to 2147483647.")]
    [InlineData("--time 3", "'--time'")]
    public void A_wrong_option_is_refused_with_its_value_and_what_is_allowed(string options, string message)
    {
        var parsed = new RootCommand { ResumeCommand.Create() }.Parse($"resume {options}");

        Assert.Contains(parsed.Errors, error => error.Message.Contains(message, StringComparison.Ordinal));
    }
}
