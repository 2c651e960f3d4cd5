using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Testing;
using Microsoft.Extensions.DependencyInjection;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests.Compatibility;

/// <summary>
/// What is told to one version and held against another: conversations in which every kind of event occurs, and a node that is lost in the middle of two turns.
/// A new kind of event gets a place in it; what is there stays, as it was told to versions that are released.
/// </summary>
internal static class Story
{
    public const int LongTurns = 6;

    private const int LongText = 60_000;

    public static TurnRequest Told(int number) => Turn("told", $"told-{number}", $"echo told {number}");

    public static TurnRequest Refused => Turn("refused", "refused-1", "refused once and again");

    public static TurnRequest Retried => Turn("retried", "retried-1", "busy at first");

    public static TurnRequest Cancelled => Turn("cancelled", "cancelled-1", "held cancelled");

    public static TurnRequest Kept => Turn("items", "kept-1", "echo kept");

    public static TurnRequest Deleted => Turn("items", "deleted-1", "echo deleted");

    public static TurnId Added => TurnId.Parse("added-1");

    public const string Metadata = """{"topic":"parcels"}""";

    public static TurnRequest OfEnded => Turn("ended", "ended-1", "echo ended");

    public static TurnRequest Long(int number) => Turn("long", $"long-{number}", $"echo {number} {new string('x', LongText)}");

    /// <summary>Running when the node is lost.</summary>
    public static TurnRequest Running => Turn("unfinished", "running-1", "slow running");

    /// <summary>Waiting behind it.</summary>
    public static TurnRequest Waiting => Turn("unfinished", "waiting-1", "echo waiting");

    /// <summary>The conversation of items as the model is told it: without what was deleted.</summary>
    public static string[] ItemsLeft => ["echo kept!", "note"];

    /// <summary>Tells the story to a node with this database, and ends the node in the middle.</summary>
    public static async Task TellAsync(TempFolder folder)
    {
        await using var host = await TestHost.StartAsync(new ScriptedChatClient(Script), folder, options => options.Conversations = new ConversationPolicy
        {
            RetryMin = TimeSpan.FromMilliseconds(20),
            RetryMax = TimeSpan.FromMilliseconds(100),
        });
        var (conversations, records) = (host.Conversations, host.Services.GetRequiredService<IConversationRecords>());

        for (var n = 1; n <= 3; n++) await conversations.CompleteAsync(Told(n)).InTime();
        await conversations.AcknowledgeAsync(Told(1).Conversation, Told(1).Turn).InTime();
        await conversations.CompleteAsync(Refused).InTime();
        await conversations.CompleteAsync(Retried).InTime();
        await conversations.SubmitAsync(Cancelled).InTime();
        await conversations.CancelAsync(Cancelled.Conversation, Cancelled.Turn).InTime();

        await records.DescribeAsync(Kept.Conversation, Metadata, mustExist: false).InTime();
        await conversations.CompleteAsync(Kept).InTime();
        await conversations.CompleteAsync(Deleted).InTime();
        await records.AddAsync(Kept.Conversation, Added, [new Message(Role.User, "note")]).InTime();
        await records.DeleteItemAsync(Kept.Conversation, Kept.Turn, position: 0).InTime();
        await records.DeleteAsync(Deleted.Conversation, Deleted.Turn).InTime();
        await conversations.CompleteAsync(OfEnded).InTime();
        await records.DeleteAsync(OfEnded.Conversation).InTime();
        for (var n = 1; n <= LongTurns; n++) await conversations.CompleteAsync(Long(n)).InTime();

        var seen = conversations.StreamAsync(Running).Watch().Seen;
        await Eventually.HoldsAsync("the reply has begun", () => seen.SoFar().Length > 0);
        await conversations.SubmitAsync(Waiting).InTime();
        await host.AbortAsync();
    }

    private static async IAsyncEnumerable<string> Script(Call call, [EnumeratorCancellation] CancellationToken stop)
    {
        var word = call.Prompt.Split(' ')[0];
        if (word == "refused") throw new BackendException(new BackendFailure(BackendFailureKind.Content, "the picture is upside down", 400));
        if (word == "busy" && call.Number == 1) throw new BackendException(new BackendFailure(BackendFailureKind.Provider, "busy", 503));
        if (word == "slow") yield return "slow";
        if (word is "held" or "slow") await Task.Delay(Timeout.Infinite, stop);
        yield return $"{call.Prompt}!";
    }
}
