using System.Net;
using System.Text.Json;
using ActorLlm.Hosting;
using ActorLlm.Inspection;

namespace ActorLlm.Admin.Tests;

public sealed class StreamTests
{
    [Fact]
    public async Task A_watch_shows_the_cluster_and_then_each_change()
    {
        await using var admin = await AdminHost.StartAsync();
        using var lines = await LinesAsync(admin, AdminApi.Watch);

        Assert.Equal("Up", Status(await lines.ReadLineAsync()));
        admin.Cluster.Picture = Leaving(admin);

        Assert.Equal("Leaving", Status(await lines.ReadLineAsync()));

        static string Status(string? line) => JsonSerializer.Deserialize<ClusterPicture>(line!, AdminApi.Json)!.Members[1].Status;
    }

    [Fact]
    public async Task A_watch_bears_that_the_cluster_does_not_answer_for_a_while()
    {
        await using var admin = await AdminHost.StartAsync();
        using var lines = await LinesAsync(admin, AdminApi.Watch);
        await lines.ReadLineAsync();

        admin.Cluster.Trouble = new ConversationsUnavailableException("Away.", TimeSpan.Zero);
        admin.Cluster.Picture = Leaving(admin);
        await Until.TrueAsync(() => admin.Cluster.Unanswered > 0);
        admin.Cluster.Trouble = null;

        Assert.Contains("Leaving", await lines.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_ends_with_the_node()
    {
        await using var admin = await AdminHost.StartAsync();
        using var lines = await LinesAsync(admin, AdminApi.Watch);
        await lines.ReadLineAsync();

        await admin.StopAsync();

        Assert.Null(await lines.ReadLineAsync());
    }

    [Fact]
    public async Task A_watch_of_a_cluster_that_does_not_answer_says_so()
    {
        await using var admin = await AdminHost.StartAsync(new FakeCluster { Trouble = new ConversationsUnavailableException("Away.", TimeSpan.Zero) });

        await (await admin.Client.GetAsync(AdminApi.Watch)).ErrorAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task An_export_is_the_whole_conversation_line_by_line_and_is_written_down()
    {
        await using var admin = await AdminHost.StartAsync();

        var lines = (await admin.Client.GetStringAsync($"{AdminApi.Export}?id=default/talk")).TrimEnd('\n').Split('\n');

        Assert.Equal(3, JsonSerializer.Deserialize<ExportedConversation>(lines[0], AdminApi.Json)!.Turns);
        var turns = lines[1..].Select(line => JsonSerializer.Deserialize<ExportedTurn>(line, AdminApi.Json)!).ToArray();
        Assert.Equal(["Hi 1", "Hi 2", "Hi 3"], turns.Select(turn => turn.Content.Messages.Single().Text));
        Assert.All(turns, turn => Assert.Equal("Hello.", turn.Reply!.Text));
        Assert.Equal([("", "export", "default/talk"), ("3 turns", "export", "default/talk")], admin.Audit.Rows.Select(row => (row.Outcome, row.Action, row.Target)));
    }

    [Fact]
    public async Task An_export_ends_when_its_reader_leaves()
    {
        await using var admin = await AdminHost.StartAsync(new FakeCluster { TurnsToExport = 10_000_000 });

        using (var lines = await LinesAsync(admin, $"{AdminApi.Export}?id=default/talk"))
        {
            await lines.ReadLineAsync();
        }

        await Until.TrueAsync(() => admin.Audit.Rows.Count == 2);
        Assert.Equal("the caller left before it ended", admin.Audit.Rows[1].Outcome);
        Assert.InRange(admin.Cluster.TurnsRead, 0, 1_000_000);
    }

    [Fact]
    public async Task An_export_that_breaks_off_cannot_be_taken_for_a_whole_one()
    {
        await using var admin = await AdminHost.StartAsync(new FakeCluster { ExportBreaks = new ConversationsUnavailableException("The database went away.", TimeSpan.Zero) });

        await Assert.ThrowsAnyAsync<Exception>(() => admin.Client.GetStringAsync($"{AdminApi.Export}?id=default/talk"));

        await Until.TrueAsync(() => admin.Audit.Rows.Count == 2);
        Assert.Equal("not done: The database went away.", admin.Audit.Rows[1].Outcome);
    }

    [Fact]
    public async Task An_export_of_no_conversation_is_refused()
    {
        await using var admin = await AdminHost.StartAsync();

        Assert.Contains("There is no conversation default/talc", await (await admin.Client.GetAsync($"{AdminApi.Export}?id=default/talc")).ErrorAsync(HttpStatusCode.NotFound), StringComparison.Ordinal);
    }

    private static ClusterPicture Leaving(AdminHost admin)
    {
        var picture = admin.Cluster.Picture;
        return picture with { Members = [picture.Members[0], picture.Members[1] with { Status = "Leaving" }] };
    }

    private static async Task<StreamReader> LinesAsync(AdminHost admin, string path)
    {
        var response = await admin.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("application/jsonl", response.Content.Headers.ContentType!.MediaType);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }
}
