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
    public void The_time_of_day_may_stand_before_the_level()
    {
        string[] lines = ["15:01:56.375 info: Start[0] listens", "15:01:57.375 warn: Akka[0] gated", "15:01:58.000 fail: Journal[0] gone"];
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
