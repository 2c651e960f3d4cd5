using System.CommandLine;
using System.CommandLine.Parsing;
using ActorLlm.Cli.Help;
using ActorLlm.Cli.Tests.Fakes;

namespace ActorLlm.Cli.Tests.Help;

public sealed class HelpTests
{
    public static TheoryData<string> Leaves => [.. Paths(CommandLine.Create(Fakes.Cli.Terminal()), "")];

    [Theory]
    [MemberData(nameof(Leaves))]
    public async Task Every_command_says_what_it_does_with_examples_that_can_be_typed(string path)
    {
        var ran = await Fakes.Cli.RunAsync([.. path.Split(' '), "--help"]);

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
        Assert.DoesNotMatch(@"\[default:.*\[default:", ran.Output);
        Assert.All(Examples.Of[path], example =>
        {
            Assert.Contains($"  {example}{Environment.NewLine}", ran.Output, StringComparison.Ordinal);
            var typed = CommandLineParser.SplitCommandLine(Typed(example)).Skip(1).ToArray();
            Assert.Empty(CommandLine.Create(Fakes.Cli.Terminal()).Parse(typed).Errors);
            Assert.StartsWith(path, string.Join(' ', typed), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Help_of_the_program_tells_every_exit_code()
    {
        var ran = await Fakes.Cli.RunAsync("--help");

        Assert.All(
            typeof(ExitCode).GetFields().Select(field => (int)field.GetValue(null)!),
            code => Assert.Matches($"(?m)^  {code} +\\S", ran.Output));
    }

    [Theory]
    [InlineData("actorllm clus", "cluster")]
    [InlineData("actorllm conversations ", "export")]
    [InlineData("actorllm drain --und", "--undo")]
    public async Task Shells_are_told_what_may_come_next(string line, string suggestion)
    {
        var ran = await Fakes.Cli.RunAsync($"[suggest:{line.Length}]", line);

        Assert.Equal((ExitCode.Success, ""), (ran.ExitCode, ran.Error));
        Assert.Contains(suggestion, ran.Output.Split(Environment.NewLine));
    }

    [Fact]
    public async Task Shells_are_told_the_names_of_the_nodes()
    {
        await using var node = await FakeNode.AnswersAsync(Samples.Cluster);
        const string Line = "actorllm drain ";

        var ran = await Fakes.Cli.RunAsync(Fakes.Cli.Terminal("", ("ACTORLLM_ADMIN", node.Url)), $"[suggest:{Line.Length}]", Line);

        Assert.Contains(Samples.Second, ran.Output.Split(Environment.NewLine));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _actorllm actorllm")]
    [InlineData("zsh", "#compdef actorllm")]
    [InlineData("fish", "complete -c actorllm")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Each_shell_has_its_script(string shell, string part)
    {
        var ran = await Fakes.Cli.RunAsync("completion", shell);

        Assert.Contains(part, ran.Output, StringComparison.Ordinal);
    }

    /// <summary>What of an example is the command line of this program.</summary>
    private static string Typed(string example)
    {
        var start = example.IndexOf("actorllm", StringComparison.Ordinal);
        var end = example.IndexOfAny(['|', '>', ')'], start);
        return example[start..(end < 0 ? example.Length : end)].Replace('\'', '"');
    }

    private static IEnumerable<string> Paths(Command command, string path) => command.Subcommands.Count == 0
        ? [path]
        : command.Subcommands.SelectMany(child => Paths(child, path.Length == 0 ? child.Name : $"{path} {child.Name}"));
}
