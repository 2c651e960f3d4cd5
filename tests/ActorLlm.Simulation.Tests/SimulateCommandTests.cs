namespace ActorLlm.Simulation.Tests;

public sealed class SimulateCommandTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void A_batch_tells_how_many_seeds_passed_and_writes_its_report()
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.Equal(0, Run("--first", "100", "--seeds", "20", "--report", file));

            Assert.Contains("20 seeds passed, 0 failed", _output.ToString(), StringComparison.Ordinal);
            Assert.Contains("| kill node |", File.ReadAllText(file), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_batch_that_fails_says_which_seed_and_how_to_run_it_again()
    {
        Assert.Equal(1, Run("--seeds", "5", "--canary", "AcknowledgeBeforePersist"));

        var said = _output.ToString();
        Assert.Contains("seed 1: what a caller is told is durable", said, StringComparison.Ordinal);
        Assert.Contains("again: --seed 1 --only ", said, StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_says_to_run_again_breaks_the_same_rule()
    {
        Run("--seeds", "1", "--canary", "AcknowledgeBeforePersist");
        var again = _output.ToString().Split('\n').First(line => line.StartsWith("again: ", StringComparison.Ordinal))["again: ".Length..];
        _output.GetStringBuilder().Clear();

        Assert.Equal(1, Run(again.Trim().Split(' ')));

        Assert.Contains("what a caller is told is durable", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("durable: c", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--seeds 0", "--seeds is '0': give a number from 1 to")]
    [InlineData("--parallel x", "--parallel is 'x': give a number from 1 to")]
    [InlineData("--canary Nope", "--canary is 'Nope': give one of")]
    [InlineData("--seed 1 --only 1,x", "--only has 'x': give numbers")]
    [InlineData("--trace", "give --seed too")]
    public void Wrong_arguments_are_refused_with_what_was_expected(string args, string said)
    {
        Assert.Equal(2, Run(args.Split(' ')));
        Assert.Contains(said, _error.ToString(), StringComparison.Ordinal);
    }

    private int Run(params string[] args) => SimulateCommand.Run(args, _output, _error);
}
