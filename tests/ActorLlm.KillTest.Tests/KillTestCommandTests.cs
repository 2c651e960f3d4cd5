using ActorLlm.Cli;

namespace ActorLlm.KillTest.Tests;

public sealed class KillTestCommandTests
{
    [Theory]
    [InlineData("--minutes 0", "--minutes is '0': give a number from 0.1 to 1440.")]
    [InlineData("--minutes ten", "--minutes is 'ten': give a number from 0.1 to 1440.")]
    [InlineData("--conversations 5001", "--conversations is '5001': give a number from 10 to 5000.")]
    [InlineData("--seed -1", "--seed is '-1': give a number from 0 to 2147483647.")]
    [InlineData("--node 3", "'--node'")]
    public async Task A_wrong_option_is_refused_with_its_value_and_what_is_allowed(string options, string message)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();

        var exitCode = await KillTestCommand.RunAsync(options.Split(' '), output, error);

        Assert.Equal(ExitCode.Usage, exitCode);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
    }
}
