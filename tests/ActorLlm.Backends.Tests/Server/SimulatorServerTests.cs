using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ActorLlm.Backends.Tests.Support;
using ActorLlm.Simulator;
using Microsoft.Extensions.Options;

namespace ActorLlm.Backends.Tests.Server;

/// <summary>The simulator's HTTP face, byte by byte.</summary>
public sealed class SimulatorServerTests : IAsyncLifetime, IDisposable
{
    private readonly HttpClient _http = new();
    private HttpHost? _host;

    public async Task InitializeAsync()
    {
        _host = await HttpHost.Simulator("--Models", "simulator,other");
        _http.BaseAddress = _host.Address;
    }

    public Task DisposeAsync() => _host!.DisposeAsync().AsTask();

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> Post(string body) =>
        _http.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));

    private static string Request(string content, string more = "") =>
        $$"""{"model":"simulator","messages":[{"role":"user","content":{{JsonSerializer.Serialize(content)}}}]{{more}}}""";

    private async Task<JsonElement> Stats(string query) =>
        await _http.GetFromJsonAsync<JsonElement>(new Uri($"/stats{query}", UriKind.Relative));

    [Fact]
    public async Task A_stream_has_the_exact_shape_of_OpenAIs()
    {
        using HttpResponseMessage response = await Post(
            Request("hi [[reply tokens=2]]", ""","stream":true,"stream_options":{"include_usage":true}"""));
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.Contains("x-request-id"));
        string[] events = (await response.Content.ReadAsStringAsync()).Split("\n\n");
        using JsonDocument first = JsonDocument.Parse(events[0]["data: ".Length..]);
        string id = first.RootElement.GetProperty("id").GetString()!;
        long created = first.RootElement.GetProperty("created").GetInt64();
        string head = $$"""data: {"id":"{{id}}","object":"chat.completion.chunk","created":{{created}},"model":"simulator","system_fingerprint":"simulator","choices":[""";
        Assert.StartsWith("chatcmpl-", id, StringComparison.Ordinal);
        Assert.Equal(
            [
                head + """{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null}""",
                head + """{"index":0,"delta":{"content":"[simulator]"},"logprobs":null,"finish_reason":null}],"usage":null}""",
                head + """{"index":0,"delta":{"content":" You"},"logprobs":null,"finish_reason":null}],"usage":null}""",
                head + """{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}""",
                head + """],"usage":{"prompt_tokens":6,"completion_tokens":2,"total_tokens":8}}""",
                "data: [DONE]",
                "",
            ],
            events);
    }

    [Fact]
    public async Task A_stream_without_include_usage_has_none()
    {
        using HttpResponseMessage response = await Post(Request("hi", ""","stream":true"""));
        Assert.DoesNotContain("usage", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_due_reaches_the_client_before_the_next_wait()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Request("slow [[fault hang=2]]", ""","stream":true""")),
        };
        using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        List<string> lines = [];
        while (lines.Count < 3)
        {
            if (await reader.ReadLineAsync() is { Length: > 0 } line)
                lines.Add(line);
        }
        Assert.Contains("[simulator]", lines[1], StringComparison.Ordinal);
        Assert.Contains(" You", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plain_answer_has_the_shape_of_OpenAIs()
    {
        using HttpResponseMessage response = await Post(Request("hi", ""","max_tokens":3"""));
        JsonElement body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("chat.completion", body.GetProperty("object").GetString());
        JsonElement choice = body.GetProperty("choices")[0];
        Assert.Equal("[simulator] You said:", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(3, body.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData("{", "the body is not JSON")]
    [InlineData("[]", "the body is no JSON object")]
    [InlineData("{}", "'model' is missing")]
    [InlineData("""{"model":7}""", "'model' is no String")]
    [InlineData("""{"model":"simulator"}""", "'messages' is missing")]
    [InlineData("""{"model":"simulator","messages":[]}""", "messages is empty")]
    [InlineData("""{"model":"simulator","messages":[{"content":"x"}]}""", "a message has no 'role'")]
    [InlineData("""{"model":"simulator","messages":["x"]}""", "a message has no 'role'")]
    [InlineData("""{"model":"simulator","messages":[{"role":"user","content":5}]}""", "neither text nor an array")]
    [InlineData("""{"model":"simulator","messages":[{"role":"user","content":[{"type":"text"}]}]}""", "has no text")]
    [InlineData("""{"model":"simulator","messages":[{"role":"user","content":"x"}],"stream":"yes"}""", "'stream' is neither true nor false")]
    [InlineData("""{"model":"simulator","messages":[{"role":"user","content":"x"}],"max_tokens":0}""", "'max_tokens' is 0")]
    [InlineData("""{"model":"simulator","messages":[{"role":"user","content":"[[fault x]]"}]}""", "'x' is not understood")]
    public async Task A_request_that_cannot_be_understood_is_told_why(string body, string problem)
    {
        using HttpResponseMessage response = await Post(body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonElement error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Contains(problem, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Parts_unknown_fields_and_null_contents_are_taken()
    {
        using HttpResponseMessage response = await Post("""
            {"model":"other","temperature":0.5,"tools":[],"messages":[{"role":"assistant","content":null},{"role":"tool","tool_call_id":"c"},
             {"role":"user","content":[{"type":"text","text":"look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}
            """);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("You said: look", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_or_route_that_is_not_there_is_404()
    {
        using HttpResponseMessage model = await Post("""{"model":"gpt-9","messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal(HttpStatusCode.NotFound, model.StatusCode);
        Assert.Contains("model_not_found", await model.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage route = await _http.GetAsync(new Uri("/v2", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, route.StatusCode);
    }

    [Fact]
    public async Task Models_and_liveness_are_shown()
    {
        JsonElement models = await _http.GetFromJsonAsync<JsonElement>(new Uri("/v1/models", UriKind.Relative));
        Assert.Equal(["simulator", "other"], models.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()));
        using HttpResponseMessage live = await _http.GetAsync(new Uri("/healthz/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task The_statistics_show_whether_a_turn_was_called_twice()
    {
        foreach (string message in (string[])["turn 1", "turn 2", "turn 2", "turn 3 [[fault cut]]"])
        {
            try
            {
                using HttpResponseMessage response = await Post(Request(message));
                await response.Content.ReadAsStringAsync();
            }
            catch (HttpRequestException)
            {
                // The cut.
            }
        }
        JsonElement all = await Stats("");
        Assert.Equal((4, 3, 0), (Number(all, "started"), Number(all, "completed"), Number(all, "uncounted")));
        JsonElement repeated = Assert.Single((await Stats("?repeated=true")).GetProperty("prompts").EnumerateArray());
        Assert.Equal(("turn 2", 2, 2), (repeated.GetProperty("message").GetString(), Number(repeated, "started"), Number(repeated, "completed")));
        JsonElement cut = Assert.Single((await Stats("?contains=turn 3")).GetProperty("prompts").EnumerateArray());
        Assert.Equal((1, 0), (Number(cut, "started"), Number(cut, "completed")));

        static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
    }

    [Fact]
    public void A_wrong_setting_is_told_with_its_key_and_what_is_allowed()
    {
        OptionsValidationException thrown = Assert.Throws<OptionsValidationException>(
            () => SimulatorServer.Build(["--Simulator:InterTokenMs", "fast"]));
        Assert.Equal("Simulator:InterTokenMs is 'fast': expected a number from 0 to 3600000.", Assert.Single(thrown.Failures));
    }

    [Theory]
    [InlineData("--urls", "nonsense", "Invalid url: 'nonsense' Give another address, such as --urls http://127.0.0.1:9090.")]
    [InlineData("--urls", "TAKEN", "address already in use. Give another address, such as --urls http://127.0.0.1:9090.")]
    [InlineData("--Simulator:ReplyTokens", "0", "Simulator:ReplyTokens is '0': expected a whole number from 1 to 100000.")]
    public async Task A_server_that_cannot_start_says_why_in_one_line(string setting, string value, string told)
    {
        using var errors = new StringWriter();
        string argument = value == "TAKEN" ? _host!.Address.ToString() : value;
        Assert.Equal(1, await SimulatorServer.RunAsync([setting, argument], errors));
        string line = Assert.Single(errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.EndsWith(told, line.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_stops_at_once_although_calls_hang()
    {
        Task<HttpResponseMessage> hanging = Post(Request("[[fault hang]]"));
        while ((await Stats("")).GetProperty("started").GetInt32() == 0)
            await Task.Yield();
        await _host!.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => hanging);
    }

    [Fact]
    public async Task A_fault_put_there_meets_all_further_calls_until_it_is_taken_away()
    {
        using (HttpResponseMessage put = await PutFault("status=429 retry-after=2"))
            Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        using (HttpResponseMessage refused = await Post(Request("faulty for all")))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(2), refused.Headers.RetryAfter?.Delta);
        }
        using (await PutFault(""))
        using (HttpResponseMessage answered = await Post(Request("faulty for all")))
            Assert.Equal(HttpStatusCode.OK, answered.StatusCode);

        JsonElement prompt = (await Stats("?contains=faulty")).GetProperty("prompts")[0];
        Assert.Equal((2, 1, 1), (prompt.GetProperty("started").GetInt32(), prompt.GetProperty("completed").GetInt32(), prompt.GetProperty("refused").GetInt32()));
        // The second call did not wait the two seconds.
        Assert.Equal(1, prompt.GetProperty("early").GetInt32());
    }

    [Fact]
    public async Task A_fault_that_cannot_be_read_is_refused_with_what_is_expected()
    {
        using HttpResponseMessage put = await PutFault("explode");

        Assert.Equal(HttpStatusCode.BadRequest, put.StatusCode);
        Assert.Contains("expected one of status=400..599", await put.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PutFault(string words) => _http.PutAsync(new Uri("/fault", UriKind.Relative), new StringContent(words));
}
