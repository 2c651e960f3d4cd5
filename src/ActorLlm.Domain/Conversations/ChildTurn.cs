using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Domain.Conversations;

/// <summary>The step that a child's turn is the work of.</summary>
public sealed record ParentStep(ConversationId Conversation, TurnId Turn, string Key);

/// <summary>The turn that a module sends another one: where it lives, what it is called and what it holds follow from the step alone, so that to send it twice is to send it once.</summary>
public static class ChildTurn
{
    private const char Mark = '~';

    /// <summary>
    /// Its conversation, in the same tenant: <c>parent~turn~key</c>, or <c>~</c> and a hash of the three where that would be too long or could be read in two
    /// ways. The last two marks tell the parts of the first form; the second has one mark only.
    /// </summary>
    public static ConversationId ConversationOf(ConversationId parent, TurnId turn, string key)
    {
        var name = $"{parent.Name}{Mark}{turn}{Mark}{key}";
        var plain = name.Length <= Limits.MaxIdLength && !turn.Value.Contains(Mark, StringComparison.Ordinal) && !key.Contains(Mark, StringComparison.Ordinal);
        return ConversationId.Of(parent.Tenant, plain ? name : Mark + Hash($"{parent.Name}\n{turn}\n{key}"));
    }

    /// <summary>Its id: the step's key.</summary>
    public static TurnId IdOf(string key) => TurnId.Parse(key);

    /// <summary>The request for it.</summary>
    /// <param name="parent">The conversation of the turn that asks.</param>
    /// <param name="turn">The turn that asks.</param>
    /// <param name="key">The step.</param>
    /// <param name="content">What is asked, as it was recorded.</param>
    /// <param name="deadline">The time left until the asking turn's own deadline; null for none.</param>
    public static SubmitTurn Request(ConversationId parent, TurnId turn, string key, TurnContent content, TimeSpan? deadline) => new(
        ConversationOf(parent, turn, key), IdOf(key), content with { Parent = new ParentStep(parent, turn, key) }, OverlapPolicy.Enqueue, deadline, Follow: true, Stream: false);

    /// <summary>How a step ends by its child's outcome.</summary>
    public static (StepOutcome Outcome, string Result) EndOf(Outcome outcome) => outcome switch
    {
        Outcome.Committed committed => (StepOutcome.Done, committed.Reply.Spoken),
        Outcome.Failed failed => (StepOutcome.Failed, failed.Reason),
        Outcome.Cancelled => (StepOutcome.Cancelled, "The module's turn was cancelled."),
        _ => (StepOutcome.Failed, "The module's turn has no reply."),
    };

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
}
