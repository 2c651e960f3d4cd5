using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Hosting.Tests;

/// <summary>Short words for the tests.</summary>
internal static class Turns
{
    public static TurnRequest Turn(string conversation, string turn, string text) =>
        new(ConversationId.Of(conversation), TurnId.Parse(turn), TurnContent.Of(text));

    public static string ReplyText(this TurnAnswer answer) =>
        Assert.IsType<Outcome.Committed>(Assert.IsType<TurnSettled>(answer).Outcome).Reply.Text;

    public static string TextOf(this IEnumerable<TurnUpdate> updates) => string.Concat(updates.OfType<TurnUpdate.Text>().Select(text => text.Delta));

    public static TurnUpdate.Settled EndOf(this IReadOnlyList<TurnUpdate> updates) => Assert.IsType<TurnUpdate.Settled>(updates[^1]);

    /// <summary>Reads a stream in the background, so that a test can look at what has come so far.</summary>
    public static (List<TurnUpdate> Seen, Task<List<TurnUpdate>> All) Watch(this IAsyncEnumerable<TurnUpdate> stream)
    {
        var seen = new List<TurnUpdate>();
        return (seen, Task.Run(async () =>
        {
            await foreach (var update in stream)
            {
                lock (seen) seen.Add(update);
            }

            return seen;
        }));
    }

    public static string SoFar(this List<TurnUpdate> seen)
    {
        lock (seen) return seen.TextOf();
    }
}
