using System.Text.RegularExpressions;

namespace ActorLlm.Architecture.Tests;

public sealed partial class SourceTreeTests
{
    private const int MaxLines = 300;

    // A project without a tests project of its own, and why.
    private static readonly Dictionary<string, string> TestedElsewhere = new()
    {
        ["ActorLlm.Simulator"] = "an HTTP shell around the simulator of ActorLlm.Backends; both are tested there",
    };

    // A file that is longer, and why.
    private static readonly Dictionary<string, string> LongFiles = new()
    {
        ["src/ActorLlm.Cluster/Conversations/ConversationActor.cs"] = "all that a conversation receives and what follows from it: taken apart, it could not be read in one piece",
    };

    private static readonly string[] TextFiles = [".cs", ".csproj", ".sln", ".props", ".md", ".json", ".conf", ".hocon", ".mjs", ".proto", ".sh", ".yaml", ".yml", ".xml", ""];

    // The only place where the patterns below may stand.
    private static readonly string ThisFile = $"tests/{typeof(SourceTreeTests).Namespace}/{nameof(SourceTreeTests)}.cs";

    public static TheoryData<string> Projects => [.. SourceTree.SourceProjects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_source_project_is_in_the_solution_and_has_tests(string project)
    {
        var solution = File.ReadAllText(Path.Combine(SourceTree.Root, "ActorLlm.sln"));

        Assert.Contains($"{project}.csproj", solution, StringComparison.Ordinal);
        if (!TestedElsewhere.ContainsKey(project))
            Assert.True(File.Exists(Path.Combine(SourceTree.Root, "tests", project + ".Tests", project + ".Tests.csproj")), $"tests/{project}.Tests is missing");
    }

    [Fact]
    public void Every_test_project_is_in_the_solution_as_the_test_command_builds_no_other()
    {
        var solution = File.ReadAllText(Path.Combine(SourceTree.Root, "ActorLlm.sln"));
        var projects = SourceTree.Files("tests").Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(projects);
        Assert.All(projects, project => Assert.Contains(Path.GetFileName(project), solution, StringComparison.Ordinal));
    }

    [Fact]
    public void A_source_file_is_short_or_has_its_reason()
    {
        var files = SourceTree.Files("src").Where(file => file.EndsWith(".cs", StringComparison.Ordinal)).ToArray();

        var tooLong = files.Where(file => File.ReadLines(Path.Combine(SourceTree.Root, file)).Count() > MaxLines).ToArray();

        Assert.NotEmpty(files);
        // Both ways: a reason for a file that became short again is to be taken out.
        Assert.Equal(LongFiles.Keys.Order(StringComparer.Ordinal), tooLong);
    }

    [Fact]
    public void No_file_names_a_path_of_the_machine_it_was_written_on_or_a_registry_host()
    {
        var found = TextLines().Where(line => MachinePath().IsMatch(line.Text) || RegistryHost().IsMatch(line.Text));

        Assert.Empty(found.Select(line => $"{line.File}: {line.Text.Trim()}"));
    }

    [Fact]
    public void No_file_promises_more_than_the_system_can_hold()
    {
        var found = TextLines().Where(line => TooMuch().IsMatch(line.Text));

        Assert.Empty(found.Select(line => $"{line.File}: {line.Text.Trim()}"));
    }

    [Theory]
    [InlineData("cd /home/me/src")]
    [InlineData(@"C:\Users\me")]
    [InlineData("see /root/x")]
    public void A_path_of_a_machine_is_recognized(string text) => Assert.Matches(MachinePath(), text);

    private static IEnumerable<(string File, string Text)> TextLines() =>
        SourceTree.Files()
            .Where(file => file != ThisFile && TextFiles.Contains(Path.GetExtension(file)))
            .SelectMany(file => File.ReadLines(Path.Combine(SourceTree.Root, file)).Select(text => (file, text)));

    [GeneratedRegex(@"(^|[^A-Za-z0-9_.])/(work|root|home)/|/tmp/[a-z]|[A-Z]:\\Users\\")]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"https?://[a-z.]*(nuget|npm|deb)[a-z]*\.[a-z.]+/")]
    private static partial Regex RegistryHost();

    // A crash in mid-call may call the model twice: design, section "The promise".
    [GeneratedRegex(@"exactly[- ]once (LLM|model|provider) calls?", RegexOptions.IgnoreCase)]
    private static partial Regex TooMuch();
}
