using ActorLlm.Domain.Conversations;
using ActorLlm.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests.Compatibility;

/// <summary>
/// What an earlier version stored is read by this one as it was meant: nothing that has its outcome is asked of a model again, and what was under way is brought to its end.
/// The files are what a build of the commit in their name wrote (docs/upgrade.md says how); they are never edited, and each released version adds one.
/// </summary>
public sealed class EarlierJournalTests
{
    /// <summary>Set to a file's path, it has this version's story written there.</summary>
    private const string CaptureTo = "ACTORLLM_CAPTURE_JOURNAL";

    // Of the table of manifests, which never changes, those that are stored.
    private static readonly string[] Stored = ["af1", "cd1", "cs1", "cx1", "ia1", "id1", "ra1", "rc1", "ta1", "tc1", "td1", "tf1"];

    public static TheoryData<string> Captures =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Compatibility"), "*.jsonl.gz").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task What_an_earlier_version_stored_is_recovered_and_what_it_left_unfinished_is_finished(string capture)
    {
        using var folder = new TempFolder();
        await (await TestHost.StartAsync(ScriptedChatClient.Echo(), folder)).DisposeAsync(); // makes the tables
        Assert.Equal(Stored, (await JournalDump.RestoreAsync(Path.Combine(AppContext.BaseDirectory, "Compatibility", capture), folder.Of("test.db"))).Order(StringComparer.Ordinal));

        await AssertStoryAsync(folder);
    }

    [Fact]
    public async Task What_this_version_stores_is_recovered_in_the_same_way()
    {
        using var folder = new TempFolder();
        await Story.TellAsync(folder);
        if (Environment.GetEnvironmentVariable(CaptureTo) is { Length: > 0 } file) await JournalDump.WriteAsync(folder.Of("test.db"), file);

        await AssertStoryAsync(folder);
    }

    private static async Task AssertStoryAsync(TempFolder folder)
    {
        var client = ScriptedChatClient.Echo();
        await using var host = await TestHost.StartAsync(client, folder);
        var (conversations, records) = (host.Conversations, host.Services.GetRequiredService<IConversationRecords>());

        // Nobody asks for them.
        var committed = await JournalDump.CountAsync(folder.Of("test.db"), "rc1");
        await Eventually.HoldsAsync("the unfinished turns are finished", async () => await JournalDump.CountAsync(folder.Of("test.db"), "rc1") == committed + 2);
        Assert.Equal([LastOf(Story.Running), LastOf(Story.Waiting)], client.Log.All.Select(call => call.Prompt));

        foreach (var request in new[] { Story.Told(1), Story.Told(2), Story.Told(3), Story.Retried, Story.Kept }.Concat(Enumerable.Range(1, Story.LongTurns).Select(Story.Long)))
            Assert.Equal($"{LastOf(request)}!", (await conversations.CompleteAsync(request).InTime()).ReplyText());
        Assert.True(Assert.IsType<TurnSettled>(await conversations.GetAsync(Story.Told(1).Conversation, Story.Told(1).Turn).InTime()).Acknowledged);
        Assert.Contains("upside down", Assert.IsType<Outcome.Failed>((await conversations.CompleteAsync(Story.Refused).InTime()).Outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(CancelledBy.Client, Assert.IsType<Outcome.Cancelled>((await conversations.CompleteAsync(Story.Cancelled).InTime()).Outcome).By);
        Assert.Equal(2, (await conversations.CompleteAsync(Story.Retried).InTime()).Attempts);

        var items = await conversations.GetAsync(Story.Kept.Conversation).InTime();
        Assert.Equal(Story.Metadata, items.Metadata);
        Assert.Equal(Story.ItemsLeft, items.History.Select(exchange => exchange.Shown()).SelectMany(shown => shown.Messages.Select(message => message.Text).Append(shown.Reply?.Text)).OfType<string>());
        await Assert.ThrowsAsync<TurnRejectedException>(() => records.ReadAsync(Story.Deleted.Conversation, Story.Deleted.Turn)).InTime();
        Assert.False((await conversations.GetAsync(Story.OfEnded.Conversation).InTime()).Exists);
        Assert.Equal(Story.LongTurns, (await conversations.GetAsync(Story.Long(1).Conversation).InTime()).TurnsSettled);

        // All of that came from the database.
        Assert.Equal(2, client.Calls);
    }

    private static string LastOf(TurnRequest request) => request.Content.Messages[^1].Text;
}
