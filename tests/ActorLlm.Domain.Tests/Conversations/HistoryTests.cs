using System.Collections.Immutable;
using ActorLlm.Domain.Conversations;
using static ActorLlm.Domain.Tests.Some;

namespace ActorLlm.Domain.Tests.Conversations;

public class HistoryTests
{
    [Fact]
    public void The_history_keeps_the_latest_thousand_turns()
    {
        var state = Fold(Enumerable.Range(1, Limits.MaxHistoryTurns + 2).SelectMany(n => Turns($"t{n}", "q", "a")));

        Assert.Equal(Limits.MaxHistoryTurns, state.HistoryTurns);
        Assert.Equal("t3", state.History.Peek().Turn.Value);
        Consistent(state);
    }

    [Fact]
    public void The_history_keeps_one_MiB_and_drops_the_oldest_beyond_it()
    {
        var state = Fold(Enumerable.Range(1, 9).SelectMany(n => Turns($"t{n}", Text(Limits.MaxHistoryBytes / 8), "a")));

        Assert.Equal(7, state.HistoryTurns);
        Assert.Equal("t3", state.History.Peek().Turn.Value);
        Consistent(state);
    }

    [Fact]
    public void The_latest_turn_is_kept_however_large_it_is()
    {
        var state = Fold([.. Turns("t1", "q", "a"), .. Turns("t2", Text(Limits.MaxContentBytes), Text(Limits.MaxReplyBytes))]);

        Assert.Equal("t2", Assert.Single(state.History).Turn.Value);
        Consistent(state);
    }

    [Fact]
    public void A_large_turn_goes_when_the_next_one_comes()
    {
        var state = Fold([.. Turns("t1", Text(Limits.MaxContentBytes), Text(Limits.MaxReplyBytes)), .. Turns("t2", "q", "a")]);

        Assert.Equal("t2", Assert.Single(state.History).Turn.Value);
        Consistent(state);
    }

    // Providers refuse the result of a tool whose call they are not shown, and then every later turn of the conversation.
    [Fact]
    public void The_result_of_a_tool_goes_with_its_call()
    {
        var asked = new Reply("", "m", "b", "tool_calls", new Usage(null, null)) { ToolCalls = [new ToolCall("call-1", "weather", Text(1000))] };
        ConversationEvent[] events =
        [
            .. Turns("t1", "q", "a"),
            Accepted("t2", "q"), Committed("t2") with { Reply = asked },
            Accepted("t3") with { Content = Content("") with { Messages = [new Message(Role.Tool, "sunny") { ToolCallId = "call-1" }] } }, Committed("t3"),
        ];
        Assert.Equal(3, Fold(events).HistoryTurns);

        var state = Fold([.. events, .. Turns("t4", Text(Limits.MaxHistoryBytes - 600), "a")]);

        Assert.Equal("t4", Assert.Single(state.History).Turn.Value);
        Consistent(state);
    }

    [Fact]
    public void Many_short_messages_weigh_more_than_their_text()
    {
        var messages = ImmutableArray.Create(new Message(Role.User, "x")).AddRange(
            Enumerable.Repeat(new Message(Role.User, ""), Limits.MaxContentMessages - 1));
        var state = Fold(Enumerable.Range(1, 40).SelectMany(n => (ConversationEvent[])
            [new TurnAccepted(Turn($"t{n}"), new TurnContent("", messages, GenerationSettings.Default), null, Start), Committed($"t{n}")]));

        Assert.InRange(state.History.Sum(exchange => exchange.Messages.Length), 1, Limits.MaxHistoryBytes / 16);
        Consistent(state);
    }

    [Fact]
    public void A_repeat_of_a_turn_that_left_the_history_is_answered_from_the_journal() =>
        Given.Events([.. Turns("t1", Text(Limits.MaxContentBytes), "a"), .. Turns("t2", "q", "a")])
            .When(Submit("t1", Text(Limits.MaxContentBytes)))
            .ThenNothing()
            .ThenToldFromJournal(sequenceNr: 2);

    private static ConversationEvent[] Turns(string turn, string asked, string replied) =>
        [Accepted(turn, asked), Committed(turn, text: replied)];

    private static void Consistent(ConversationState state)
    {
        Assert.Equal(state.HistoryTurns, state.History.Count());
        Assert.Equal(state.HistoryBytes, state.History.Sum(ConversationState.BytesOf));
        Assert.True(state.HistoryTurns == 1 || state.HistoryBytes <= Limits.MaxHistoryBytes);
    }
}
