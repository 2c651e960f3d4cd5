namespace ActorLlm.Modules.Tests;

public sealed class ModuleOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Assert.Empty(new ModuleOptions().Errors("support"));

    [Theory]
    [InlineData("")]
    [InlineData("a module")]
    [InlineData("a/b")]
    [InlineData("ä")]
    public void A_name_is_refused_that_could_not_stand_in_a_key(string name)
    {
        var error = Assert.Single(new ModuleOptions().Errors(name));

        Assert.Contains($"'{name}'", error);
        Assert.Contains("1 to 64 letters, digits, '.', '_' or '-'", error);
    }

    [Fact]
    public void A_name_of_the_longest_length_is_taken_and_one_more_is_not()
    {
        Assert.Empty(new ModuleOptions().Errors(new string('m', 64)));
        Assert.Single(new ModuleOptions().Errors(new string('m', 65)));
    }

    [Fact]
    public void Every_option_out_of_range_is_named_with_its_key_its_value_and_what_is_allowed()
    {
        var options = new ModuleOptions { Concurrency = 0, Timeout = TimeSpan.FromDays(2), Role = "no role" };

        Assert.Equal(
            [
                "ActorLlm:Modules:support:Concurrency is 0; allowed is 1 to 100000.",
                "ActorLlm:Modules:support:Timeout is 2.00:00:00; allowed is 00:00:00.100 to 1.00:00:00.",
                "ActorLlm:Modules:support:Role is 'no role'; expected 1 to 64 letters, digits, '.', '_' or '-', or leave it out for every worker.",
            ],
            options.Errors("support"));
    }
}
