using ActorLlm.Backends.Simulation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Backends.Tests.Simulation;

public sealed class SimulatorScriptTests : IDisposable
{
    private static readonly ChatOptions WithTool = new() { Tools = [AIFunctionFactory.Create((string order) => order, "look_up_order")] };

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"replies-{Path.GetRandomFileName()}.json");

    public void Dispose() => File.Delete(_file);

    private SimulatorEngine Engine(string rules)
    {
        File.WriteAllText(_file, rules);
        return new SimulatorEngine(new SimulatorOptions { Replies = _file }, new FakeTimeProvider());
    }

    private static ChatMessage[] Ask(string text) => [new(ChatRole.User, text)];

    private static ChatMessage[] WithResult(string text, string result) =>
    [
        .. Ask(text),
        new(ChatRole.Assistant, [new FunctionCallContent("c1", "look_up_order")]),
        new(ChatRole.Tool, [new FunctionResultContent("c1", result)]),
    ];

    [Fact]
    public void The_first_rule_whose_texts_all_occur_in_the_message_answers_it()
    {
        var engine = Engine("""[{ "user": ["parcel", "4711"], "reply": "On its way." }, { "user": "PARCEL", "reply": "Which one?" }]""");

        Assert.Equal("On its way.", engine.Begin(Ask("Where is parcel 4711?")).Text);
        Assert.Equal("Which one?", engine.Begin(Ask("Where is my parcel?")).Text);
        Assert.StartsWith("[simulator] You said:", engine.Begin(Ask("Hello")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_may_ask_for_a_tool_and_another_answers_with_its_result()
    {
        var engine = Engine("""
            [{ "user": "4711", "calls": [{ "name": "look_up_order", "arguments": { "order": "4711" } }] },
             { "user": "4711", "after": "look_up_order", "result": "lost", "reply": "It is lost." },
             { "after": "look_up_order", "reply": "It is on its way." }]
            """);

        var call = engine.Begin(Ask("Where is 4711?"), WithTool);

        Assert.Equal(("look_up_order", """{"order":"4711"}"""), Assert.Single(call.ToolCalls) is var tool ? (tool.Name, tool.Arguments) : default);
        Assert.Equal("tool_calls", call.FinishReason);
        Assert.Equal("It is lost.", engine.Begin(WithResult("Where is 4711?", "Lost on Monday"), WithTool).Text);
        Assert.Equal("It is on its way.", engine.Begin(WithResult("Where is 4711?", "shipped"), WithTool).Text);
    }

    [Fact]
    public void A_tool_that_the_request_does_not_have_is_an_error_of_the_request()
    {
        var engine = Engine("""[{ "calls": [{ "name": "look_up_order", "arguments": {} }] }]""");

        Assert.Equal(400, Assert.Throws<BackendException>(() => engine.Begin(Ask("Hello"))).Failure.StatusCode);
    }

    [Fact]
    public async Task A_reply_streams_word_by_word_and_may_be_an_object()
    {
        var engine = Engine("""[{ "user": "rank", "reply": { "items": ["a", "b"] } }, { "reply": " two  words " }]""");

        var call = engine.Begin(Ask("Hello"));
        List<string> chunks = [];
        while (await call.NextChunk(CancellationToken.None) is { } chunk)
            chunks.Add(chunk);

        Assert.Equal([" two", " ", " words", " "], chunks);
        Assert.Equal("""{"items":["a","b"]}""", engine.Begin(Ask("rank these")).Text);
    }

    [Theory]
    [InlineData("""{ "reply": "x" }""", "expected a JSON array of rules")]
    [InlineData("""[1]""", "rule 1 is no JSON object")]
    [InlineData("""[{ "reply": "x" }, { "answer": "x" }]""", "rule 2 has 'answer'; expected user, after, result, reply, calls.")]
    [InlineData("""[{ "user": "x" }]""", "rule 1 has neither reply nor calls")]
    [InlineData("""[{ "user": 1, "reply": "x" }]""", "rule 1 has user that is no array")]
    [InlineData("""[{ "user": [1], "reply": "x" }]""", "rule 1 has a user that is neither a text nor an array of texts")]
    [InlineData("""[{ "reply": 1 }]""", "rule 1 has a reply that is neither text nor an object or array")]
    [InlineData("""[{ "calls": [{ "name": "x" }] }]""", "rule 1 has a call that is not")]
    [InlineData("""[""", "expected a file with a JSON array of rules")]
    public void A_file_that_is_not_understood_says_where(string rules, string problem) =>
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => Engine(rules)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_told_by_its_setting()
    {
        var options = new SimulatorOptions { Replies = _file };

        var message = Assert.Throws<ArgumentException>(() => new SimulatorEngine(options, new FakeTimeProvider())).Message;

        Assert.StartsWith($"Simulator:Replies is '{_file}': expected a file with a JSON array of rules;", message, StringComparison.Ordinal);
    }
}
