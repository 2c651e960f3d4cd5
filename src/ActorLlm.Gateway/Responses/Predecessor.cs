using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Responses;

/// <summary>
/// What a response inherits. Usually it is the next turn of the conversation that it goes on from; where that one has gone on already or is a client's,
/// or nothing is to be kept, the messages up to the earlier response are copied into its own content.
/// </summary>
internal static class Predecessor
{
    /// <summary>The content with all that was said up to a turn before it, or why that is not to be had.</summary>
    /// <param name="view">The earlier conversation.</param>
    /// <param name="last">The last turn that counts; null for the whole conversation.</param>
    /// <param name="ask">The request.</param>
    /// <param name="content">The content.</param>
    public static ApiError? Inherit(ConversationView view, TurnId? last, ResponseAsk ask, out TurnContent content)
    {
        content = ask.Content;
        var exchanges = last is null ? [.. view.History] : UpTo(view.History, last.Value);
        if (last is not null && exchanges is []) return view.Pending.Contains(last.Value) ? StillRunning(ask.Previous!) : NotFound(ask.Previous!);
        var said = exchanges.SelectMany(exchange => MessagesOf(exchange).AsEnumerable()).ToArray();
        // The model is given what fits, as in a conversation whose history has outgrown its bound.
        var room = Limits.MaxContentBytes - (ask.Content with { Note = ask.Note.Inheriting(Limits.MaxContentMessages).Write() }).ByteCount();
        var from = said.Length;
        for (var places = Limits.MaxContentMessages - ask.Content.Messages.Length; from > 0 && places > 0; places--)
        {
            room -= said[from - 1].ByteCount();
            if (room < 0) break;
            from--;
        }

        var before = said[from..].SkipWhile(message => message.Role == Role.Tool).ToArray();
        content = ask.Content with { Messages = [.. before, .. ask.Content.Messages], Note = ask.Note.Inheriting(before.Length).Write() };
        return ContentRules.Error(content, ChatRules.MaxBytes(ask.Store)) is { } refused ? Failures.Of(refused.Code, refused.Reason) with { Param = "input" } : null;
    }

    public static ApiError NotFound(string id) => ApiError.Invalid(
        "previous_response_not_found", "previous_response_id",
        $"There is no response {ApiError.Show(id)} to go on from: it does not exist, has no reply, was deleted, or is older than the last 1,000 turns or 1 MiB of its conversation.");

    private static ApiError StillRunning(string id) => ApiError.Invalid(
        "previous_response_not_finished", "previous_response_id",
        $"The response {ApiError.Show(id)} has no reply yet; ask again when it has ended.");

    private static Exchange[] UpTo(ImmutableArray<Exchange> history, TurnId last)
    {
        var end = history.Select(exchange => exchange.Turn).ToList().LastIndexOf(last);
        return [.. history.Take(end + 1)];
    }

    private static ImmutableArray<Message> MessagesOf(Exchange exchange)
    {
        var shown = exchange.Shown();
        return shown.Reply is { } reply
            ? [.. shown.Messages, new Message(Role.Assistant, reply.Spoken) { ToolCalls = reply.ToolCalls }]
            : shown.Messages;
    }
}
