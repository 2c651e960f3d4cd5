using ActorLlm.Cluster.Workers;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Tests.Workers;

/// <summary>What a model is given of a conversation.</summary>
public class ChatRequestTests
{
    private static readonly Reply Called = Said("") with { ToolCalls = [new ToolCall("c1", "f", "{}"), new ToolCall("c2", "f", "{}")] };

    [Fact]
    public void Instructions_come_first_then_the_history_then_what_is_new()
    {
        var content = TurnContent.Of("now") with { Instructions = "Be brief" };

        Assert.Equal(
            ["system: Be brief", "user: before", "assistant: reply", "user: now"],
            Lines([new Exchange(TurnId.Parse("t1"), [new Message(Role.User, "before")], Said("reply"))], content));
    }

    [Theory]
    [InlineData("", """{"max_tokens":5}""")]
    [InlineData("""{"user":"u"}""", """{"user":"u","max_tokens":5}""")]
    public void The_most_tokens_are_handed_on_by_their_older_name_where_the_client_used_that(string passOn, string expected)
    {
        var content = TurnContent.Of("now") with { Settings = GenerationSettings.Default with { MaxOutputTokens = 5, PassOn = passOn } };

        var newer = ChatRequest.Options(content, "m");
        var older = ChatRequest.Options(content with { Settings = content.Settings with { MaxTokensByOldName = true } }, "m");

        Assert.Equal(passOn, newer.AdditionalProperties?.Values.Single() ?? "");
        Assert.Equal(expected, older.AdditionalProperties!.Values.Single());
        Assert.Equal((5, 5), (newer.MaxOutputTokens, older.MaxOutputTokens));
    }

    [Fact]
    public void Calls_with_their_results_are_given_whole() =>
        Assert.Equal(["user: ask", "assistant: c1 c2", "tool: c1", "tool: c2"], Lines([Asked()], Results("c1", "c2")));

    [Fact]
    public void A_call_whose_result_is_gone_is_left_out() =>
        Assert.Equal(["user: ask", "assistant: c2", "tool: c2"], Lines([Asked()], Results("c2")));

    [Fact]
    public void Results_whose_call_was_deleted_are_left_out_of_the_history()
    {
        var answered = new Exchange(TurnId.Parse("t2"), Results("c1", "c2").Messages, Said("done"));

        Assert.Equal(["user: ask", "assistant: c2", "tool: c2", "assistant: done", "user: on"], Lines([Asked() with { Deleted = [2] }, answered], TurnContent.Of("on")));
        Assert.Equal(["assistant: done", "user: on"], Lines([answered], TurnContent.Of("on")));
    }

    private static Exchange Asked() => new(TurnId.Parse("t1"), [new Message(Role.User, "ask")], Called);

    private static Reply Said(string text) => new(text, "m", "b", "stop", new Usage(1, 1));

    private static TurnContent Results(params string[] ids) =>
        new("", [.. ids.Select(id => new Message(Role.Tool, "found") { ToolCallId = id })], GenerationSettings.Default);

    private static IEnumerable<string> Lines(Exchange[] history, TurnContent content) => ChatRequest.Messages(history, content).Select(message =>
    {
        var tools = message.Contents.Select(part => part is FunctionCallContent call ? call.CallId : (part as FunctionResultContent)?.CallId).OfType<string>();
        return $"{message.Role}: {(tools.Any() ? string.Join(' ', tools) : message.Text)}";
    });
}
