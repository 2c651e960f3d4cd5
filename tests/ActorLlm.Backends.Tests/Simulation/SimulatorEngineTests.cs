using System.Text.Json;
using ActorLlm.Backends.Simulation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Backends.Tests.Simulation;

public class SimulatorEngineTests
{
    private readonly FakeTimeProvider _clock = new();

    private SimulatorEngine Engine(SimulatorOptions? options = null, SimulatorCalls? calls = null) => new(options ?? new(), _clock, calls);

    private static ChatMessage User(string text) => new(ChatRole.User, text);

    [Fact]
    public void Two_attempts_agree_byte_for_byte_even_in_another_process_and_with_other_timings()
    {
        ChatMessage[] prompt = [new(ChatRole.System, "Be brief."), User("What is an actor?")];
        const string Frozen = "[simulator] You said: What is an actor? ... stone steady under bright";
        Assert.Equal(Frozen, Engine(new() { ReplyTokens = 12 }).Begin(prompt).Text);
        Assert.Equal(Frozen, Engine(new() { ReplyTokens = 12, InterTokenMs = 5, Seed = 9 }).Begin(prompt).Text);
    }

    [Fact]
    public void Other_prompts_get_other_answers()
    {
        SimulatorEngine engine = Engine();
        ChatMessage[][] prompts =
        [
            [User("a b")],
            [User("a"), User("b")],
            [User("a"), new(ChatRole.Assistant, "b")],
            [User("a"), new(ChatRole.Assistant, ""), User("b")],
            [new(ChatRole.User, [new TextContent("a b"), new UriContent("http://host/image.png", "image/png")])],
        ];
        Assert.Equal(prompts.Length, prompts.Select(prompt => engine.Begin(prompt).Prompt).Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("one")]
    [InlineData("tabs\tand\nlines  and    spaces")]
    [InlineData("a word that is far too long: 😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaa😀b")]
    public void Any_message_gets_a_whole_answer_that_says_where_it_comes_from(string message)
    {
        SimulatedCall call = Engine().Begin([User(message)]);
        Assert.StartsWith("[simulator] You said:", call.Text, StringComparison.Ordinal);
        Assert.Equal(32, call.OutputTokens);
        Assert.DoesNotContain(call.Text.EnumerateRunes(), rune => rune.Value == 0xFFFD);
    }

    [Fact]
    public async Task The_chunks_add_up_to_the_text()
    {
        SimulatedCall call = Engine(new() { TokensPerChunk = 5 }).Begin([User("hello")]);
        List<string> chunks = [];
        while (await call.NextChunk(CancellationToken.None) is { } chunk)
            chunks.Add(chunk);
        Assert.Equal(7, chunks.Count);
        Assert.Equal(call.Text, string.Concat(chunks));
    }

    [Theory]
    [InlineData(null, 32, "stop")]
    [InlineData(32, 32, "stop")]
    [InlineData(5, 5, "length")]
    public void A_limit_to_the_answers_length_is_kept(int? maxTokens, int tokens, string finish)
    {
        SimulatedCall call = Engine().Begin([User("hello")], new ChatOptions { MaxOutputTokens = maxTokens });
        Assert.Equal((tokens, finish), (call.OutputTokens, call.FinishReason));
    }

    [Fact]
    public void A_directive_overrides_the_length_and_is_not_repeated()
    {
        SimulatedCall call = Engine().Begin([User("before [[reply tokens=9]] after [[not a directive]]")]);
        Assert.Equal(9, call.OutputTokens);
        Assert.StartsWith("[simulator] You said: before after [[not a", call.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[[fault explode]]", "'explode' is not understood")]
    [InlineData("[[reply tokens=0]]", "'tokens=0' is not understood; expected tokens=1..100000")]
    [InlineData("[[reply ttft=x]]", "'ttft=x' is not understood")]
    public void A_directive_that_cannot_be_read_is_an_error_of_the_request(string message, string problem)
    {
        BackendFailure failure = Assert.Throws<BackendException>(() => Engine().Begin([User(message)])).Failure;
        Assert.Equal((BackendFailureKind.Content, 400), (failure.Kind, failure.StatusCode));
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_message_is_an_error_of_the_request() =>
        Assert.Equal(400, Assert.Throws<BackendException>(() => Engine().Begin([])).Failure.StatusCode);

    [Fact]
    public void A_directive_works_for_the_last_user_message_only()
    {
        ChatMessage[] later = [User("[[fault cut]]"), new(ChatRole.Assistant, "[[fault cut]]"), User("next")];
        Assert.Null(Engine().Begin(later).Fault);
        Assert.NotNull(Engine().Begin(later[..1]).Fault);
    }

    [Theory]
    [InlineData("""{"type":1}""")]
    [InlineData("""{"type":["\ud800"]}""")]
    [InlineData("""{"type":"object","properties":{"\ud800":{}}}""")]
    [InlineData("""{"$ref":"#/type/a","type":"object"}""")]
    [InlineData("""{"type":"number","minimum":1e400}""")]
    public void A_schema_that_is_none_is_an_error_of_the_request(string schema)
    {
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse(schema)) };
        Assert.Equal(400, Assert.Throws<BackendException>(() => Engine().Begin([User("Hi")], options)).Failure.StatusCode);
    }

    [Fact]
    public void A_schema_that_asks_for_very_many_items_gets_some()
    {
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonElement.Parse("""{"type":"array","items":{"type":"null"},"minItems":1e12}""")) };
        Assert.InRange(Engine().Begin([User("Hi")], options).Text.Length, 1000, 10_000);
    }

    [Fact]
    public void Several_faults_are_used_up_in_order()
    {
        SimulatorEngine engine = Engine();
        ChatMessage[] prompt = [User("x [[fault status=429 first=2]] [[fault cut first=3]]")];
        Assert.Equal(
            [SimulatorFaultKind.Status, SimulatorFaultKind.Status, SimulatorFaultKind.Cut, null, null],
            Enumerable.Range(0, 5).Select(_ => engine.Begin(prompt).Fault?.Kind));
    }

    [Fact]
    public void The_first_calls_are_counted_for_each_prompt()
    {
        SimulatorEngine engine = Engine(new() { Fault = "status=500 first=1" });
        Assert.NotNull(engine.Begin([User("a")]).Fault);
        Assert.NotNull(engine.Begin([User("b")]).Fault);
        Assert.Null(engine.Begin([User("a")]).Fault);
    }

    [Fact]
    public void A_fault_of_the_options_comes_with_its_probability()
    {
        SimulatorEngine engine = Engine(new() { Fault = "status=500 p=0.2" });
        int failed = Enumerable.Range(0, 10_000).Count(i => engine.Begin([User($"prompt {i}")]).Fault is not null);
        Assert.InRange(failed, 1_850, 2_150);
    }

    [Fact]
    public void Every_attempt_at_one_prompt_throws_the_dice_anew()
    {
        SimulatorEngine engine = Engine(new() { Fault = "status=500 p=0.5" });
        int failed = Enumerable.Range(0, 1_000).Count(_ => engine.Begin([User("same")]).Fault is not null);
        Assert.InRange(failed, 400, 600);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => Engine(new() { InterTokenMs = -1 }));
        Assert.StartsWith("Simulator:InterTokenMs is '-1': expected a number from 0 to 3600000.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_are_counted_for_each_prompt_when_asked_for()
    {
        var calls = new SimulatorCalls(everyPrompt: true);
        SimulatorEngine engine = Engine(calls: calls);
        engine.Begin([User("once")]).Complete();
        engine.Begin([User("twice")]).Complete();
        engine.Begin([User("twice")]);
        Assert.Equal((3, 2, 0), (calls.Started, calls.Completed, calls.Uncounted));
        Assert.Equal(
            [("once", 1, 1), ("twice", 2, 1)],
            calls.Prompts.Select(prompt => (prompt.Message, prompt.Started, prompt.Completed)).Order());
    }

    [Fact]
    public void Prompts_without_a_fault_are_not_kept_otherwise()
    {
        SimulatorEngine engine = Engine();
        engine.Begin([User("plain")]).Complete();
        engine.Begin([User("faulty [[fault cut]]")]);
        Assert.Equal((2, 1), (engine.Calls.Started, engine.Calls.Completed));
        Assert.StartsWith("faulty", Assert.Single(engine.Calls.Prompts).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_that_comes_before_the_wait_asked_for_is_over_is_counted_as_early()
    {
        SimulatorEngine engine = Engine(new() { Fault = "status=429 retry-after=2" });
        foreach (int seconds in (int[])[0, 1, 2])
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds));
            engine.Begin([User("hello")]);
        }

        SimulatorPromptCalls calls = Assert.Single(engine.Calls.Prompts);
        Assert.Equal((3, 1), (calls.Started, calls.Early));
    }
}
