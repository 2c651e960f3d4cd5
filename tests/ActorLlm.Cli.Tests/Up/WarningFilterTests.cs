using ActorLlm.Cli.Up;

namespace ActorLlm.Cli.Tests.Up;

public sealed class WarningFilterTests
{
    [Fact]
    public void Warnings_and_worse_are_shown_with_the_lines_that_belong_to_them()
    {
        string[] lines =
        [
            "info: Start[0]",
            "      all is well",
            "warn: Cluster[7]",
            "      a node is unreachable",
            "",
            "dbug: Noise[0]",
            "      more of it",
            "fail: Journal[0]",
            "      the database is gone",
        ];
        var filter = new WarningFilter();

        Assert.Equal([lines[2], lines[3], lines[7], lines[8]], lines.Where(filter.IsShown));
    }

    [Fact]
    public void Akkas_own_format_is_known()
    {
        string[] lines = ["[INFO][11/23/2026][Cluster] Welcome", "[WARNING][11/23/2026][remoting] gated", "   at Akka", "[DEBUG][11/23/2026] x"];
        var filter = new WarningFilter();

        Assert.Equal([lines[1], lines[2]], lines.Where(filter.IsShown));
    }

    [Fact]
    public void What_does_not_come_from_the_logger_is_shown()
    {
        string[] lines = ["Unhandled exception. Boom", "   at Somewhere", "info: Start[0]", "      hidden", "Port 8080 is in use."];
        var filter = new WarningFilter();

        Assert.Equal([lines[0], lines[1], lines[4]], lines.Where(filter.IsShown));
    }
}
