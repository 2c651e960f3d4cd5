using ActorLlm.Cli.Tests.Fakes;

namespace ActorLlm.Cli.Tests.Inspect;

public sealed class ConsentTests
{
    public static TheoryData<string> Commands =>
        ["cluster leave 10.0.0.1:4053", "cluster down 10.0.0.1:4053", "conversations cancel t -c x", "conversations requeue t -c x", "approvals grant t s -c x", "approvals refuse t s -c x"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Where_nobody_can_be_asked_nothing_is_done(string command)
    {
        await using var node = await FakeNode.AnswersAsync("{}");

        var ran = await Fakes.Cli.RunAsync([.. command.Split(' '), "--admin", node.Url]);

        Assert.Equal((ExitCode.Usage, ""), (ran.ExitCode, ran.Output));
        Assert.Contains("give --yes to do it. Nothing was done.", ran.Error, StringComparison.Ordinal);
        Assert.Empty(node.Requests);
    }

    [Theory]
    [InlineData("no")]
    [InlineData("y")]
    [InlineData("")]
    public async Task Any_answer_but_yes_does_nothing(string answer)
    {
        await using var node = await FakeNode.AnswersAsync("{}");

        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal(answer) with { InputIsTerminal = true }, "cluster", "down", Samples.Second, "--admin", node.Url);

        Assert.Equal(ExitCode.Failure, ran.ExitCode);
        Assert.Contains($"{Samples.Second} will be declared dead", ran.Error, StringComparison.Ordinal);
        Assert.EndsWith("actorllm: Nothing was done.", ran.Error.Trim(), StringComparison.Ordinal);
        Assert.Empty(node.Requests);
    }

    [Fact]
    public async Task Yes_does_it()
    {
        await using var node = await FakeNode.AnswersAsync("{}");

        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("yes\n") with { InputIsTerminal = true }, "cluster", "down", Samples.Second, "--admin", node.Url);

        Assert.Equal(ExitCode.Success, ran.ExitCode);
        Assert.Equal("/admin/v1/cluster/down", node.Request.Path);
    }
}
