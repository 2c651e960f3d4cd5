using System.Net;
using ActorLlm.Inspection;

namespace ActorLlm.Admin.Tests;

public sealed class OutboxTests
{
    [Fact]
    public async Task Replies_that_are_owed_are_shown_those_given_up_apart()
    {
        await using var admin = await AdminHost.StartAsync();

        var outbox = await admin.GetAsync<OutboxPicture>($"{AdminApi.Outbox}?limit=10");

        Assert.Equal("given-up", Assert.Single(outbox.Parked).Id);
        Assert.Equal(
            new OwedPicture("waiting", "default/talk", "t1", "webhook", "https://hooks/1", DateTimeOffset.UnixEpoch, 3, "500"), Assert.Single(outbox.Waiting));
        Assert.Empty(admin.Audit.Rows);
    }

    [Fact]
    public async Task Those_given_up_are_tried_anew_when_ordered_and_that_is_written_down()
    {
        await using var admin = await AdminHost.StartAsync();

        using var done = await admin.PostAsync(AdminApi.OutboxRetry, """{"ids":["given-up"]}""");

        Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        Assert.Equal(["given-up"], admin.Outbox.Retried);
        Assert.Equal(["", "1 are tried anew, where they were parked"], admin.Audit.Rows.Select(row => row.Outcome));
        Assert.Contains("ids has 0 entries", await (await admin.PostAsync(AdminApi.OutboxRetry, """{"ids":[]}""")).ErrorAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }
}
