using System.Net;

namespace ActorLlm.Gateway.Tests.Chat;

public sealed class BadInputTests
{
    private const string User = """{"role":"user","content":"Hi"}""";

    public static TheoryData<string, string?, string, string> Refused => new()
    {
        // What is no JSON, or not the JSON expected.
        { "", null, "invalid_json", "The request body is not valid JSON: it is empty." },
        { " \n ", null, "invalid_json", "not valid JSON" },
        { "{\"model\":\n x}", null, "invalid_json", "'x' is an invalid start of a value (line 2, byte 2)." },
        { "{\"messages\":[", null, "invalid_json", "not valid JSON" },
        { "{} {}", null, "invalid_json", "'{' is invalid after a single JSON value" },
        { "{'model':1}", null, "invalid_json", "not valid JSON" },
        { "null", null, "invalid_type", "The request body is null; expected a JSON object." },
        { "[]", null, "invalid_type", "The request body is not a JSON object, or a name in it is not valid Unicode." },
        { "\"\\ud800\"", null, "invalid_type", "The request body is not a JSON object, or a name in it is not valid Unicode." },
        { new string('[', 65), null, "invalid_json", "maximum configured depth of 64" },
        { $"{{\"x\":{new string('[', 100_000)}", null, "invalid_json", "maximum configured depth of 64" },
        { "{\"tools\":" + new string('[', 64) + new string(']', 64) + "}", null, "invalid_json", "maximum configured depth of 64" },
        { "{\"\\ud800\":1}", null, "invalid_type", "The request body is not a JSON object, or a name in it is not valid Unicode." },
        { "{\"messages\":\"Hi\"}", "messages", "invalid_type", "The value of messages cannot be read; expected an array of messages." },
        { "{\"messages\":[\"Hi\"]}", "messages[0]", "invalid_type", "expected a message object" },
        { "{\"messages\":[" + User + ",{\"role\":1}]}", "messages[1].role", "invalid_type", "expected a string of valid Unicode" },
        { With("\"model\":5"), "model", "invalid_type", "expected a string" },
        { With("\"model\":\"\\ud800\""), "model", "invalid_type", "expected a string of valid Unicode" },
        { With("\"stream\":\"yes\""), "stream", "invalid_type", "expected true or false" },
        { With("\"stream_options\":1"), "stream_options", "invalid_type", "expected an object" },
        { With("\"metadata\":{\"conversation_id\":7}"), "metadata.conversation_id", "invalid_type", "expected a string" },
        { With("\"temperature\":\"hot\""), "temperature", "invalid_type", "expected a number" },
        { With("\"max_tokens\":1.5"), "max_tokens", "invalid_type", "expected a whole number" },
        { With("\"max_tokens\":99999999999"), "max_tokens", "invalid_type", "expected a whole number" },
        { With("\"seed\":9223372036854775808"), "seed", "invalid_type", "expected a whole number" },
        { With("\"stop\":5"), "stop", "invalid_type", "expected a string or an array of strings" },
        { With("\"stop\":[\"a\",null]"), "stop", "invalid_type", "expected a string or an array of strings" },

        // Messages.
        { "{\"model\":\"sim-1\"}", "messages", "missing_required_parameter", "The field messages is missing" },
        { "{\"messages\":null}", "messages", "missing_required_parameter", "The field messages is missing" },
        { "{\"messages\":[]}", "messages", "invalid_value", "The field messages is empty; expected at least one message." },
        { "{\"messages\":[null]}", "messages[0]", "invalid_value", "messages[0] is null" },
        { Messages("{\"content\":\"Hi\"}"), "messages[0].role", "invalid_value", "messages[0].role is missing; allowed are system, developer, user, assistant, tool." },
        { Messages(User, "{\"role\":\"robot\",\"content\":\"Hi\"}"), "messages[1].role", "invalid_value", "messages[1].role is 'robot'; allowed are system, developer, user, assistant, tool." },
        { Messages("{\"role\":\"User\",\"content\":\"Hi\"}"), "messages[0].role", "invalid_value", "is 'User'" },
        { Messages("{\"role\":\"tool\",\"content\":\"Hi\"}"), "messages[0].tool_call_id", "invalid_value", "messages[0].tool_call_id is missing; expected the id of the call" },
        { Messages("{\"role\":\"user\",\"content\":\"Hi\",\"tool_call_id\":\"c\"}"), "messages[0].tool_call_id", "invalid_value", "only messages of the role tool have one" },
        { Messages("{\"role\":\"user\"}"), "messages[0].content", "invalid_value", "messages[0].content is missing" },
        { Messages("{\"role\":\"user\",\"content\":null}"), "messages[0].content", "invalid_value", "messages[0].content is missing" },
        { Messages("{\"role\":\"user\",\"content\":7}"), "messages[0].content", "invalid_type", "expected a string of valid Unicode, or an array of parts" },
        { Messages("{\"role\":\"user\",\"content\":[\"Hi\"]}"), "messages[0].content", "invalid_type", "or an array of parts" },
        { Messages("{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}"), "messages[0].content", "invalid_type", "or an array of parts" },
        { Messages("{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":5}]}"), "messages[0].content", "invalid_type", "or an array of parts" },
        { Messages("{\"role\":\"user\",\"content\":[{\"type\":5}]}"), "messages[0].content", "invalid_type", "or an array of parts" },
        { Messages("{\"role\":\"user\",\"content\":\"\\udc00\"}"), "messages[0].content", "invalid_type", "valid Unicode" },
        { Messages("{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"x\"}}]}"), "messages", "invalid_value", "neither an https: or http: address nor a data: URL" },
        { Messages("{\"role\":\"system\",\"content\":[{\"type\":\"image_url\",\"image_url\":\"https://example.org/a.png\"}]}"), "messages", "invalid_value", "not the user's has an image" },
        { Messages("{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"detail\":\"low\"}}]}"), "messages[0].content", "invalid_type", "{\"type\":\"image_url\"" },
        { Messages("{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"input_audio\"}]}"), "messages[0].content[1]", "unsupported_content_part", "messages[0].content[1] has the type 'input_audio'; only parts of the types 'text' and 'image_url' are supported." },
        { Messages("{\"role\":\"user\",\"content\":[{}]}"), "messages[0].content[0]", "unsupported_content_part", "messages[0].content[0] has no type" },
        { Messages("{\"role\":\"user\",\"content\":\" \\n\"}"), "messages", "invalid_value", "Every message of the turn is empty" },
        { Messages("{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"x\"}]}"), "messages[0].tool_calls[0]", "unsupported_parameter", "messages[0].tool_calls[0] is no call of a function" },
        { Messages("{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\"}}]}"), "messages[0].tool_calls[0]", "invalid_value", "has no id" },
        { Messages("{\"role\":\"user\",\"content\":\"Hi\",\"tool_calls\":[{\"id\":\"x\"}]}"), "messages[0].tool_calls", "invalid_value", "only messages of the role assistant" },
        { Messages("{\"role\":\"assistant\",\"function_call\":{\"name\":\"x\"}}"), "messages[0].function_call", "unsupported_parameter", "not supported" },
        { Messages("{\"role\":\"assistant\",\"audio\":{\"id\":\"x\"}}"), "messages[0].audio", "unsupported_parameter", "not supported" },

        // Ranges.
        { With("\"temperature\":2.1"), "temperature", "invalid_value", "temperature is 2.1; allowed is 0 to 2." },
        { With("\"temperature\":-0.1"), "temperature", "invalid_value", "temperature is -0.1; allowed is 0 to 2." },
        { With("\"temperature\":1e999"), "temperature", "invalid_value", "allowed is 0 to 2." },
        { With("\"top_p\":1.01"), "top_p", "invalid_value", "top_p is 1.01; allowed is 0 to 1." },
        { With("\"frequency_penalty\":3"), "frequency_penalty", "invalid_value", "frequency_penalty is 3; allowed is -2 to 2." },
        { With("\"presence_penalty\":-3"), "presence_penalty", "invalid_value", "presence_penalty is -3; allowed is -2 to 2." },
        { With("\"max_tokens\":0"), "max_tokens", "invalid_value", "max_tokens is 0; allowed is 1 or more." },
        { With("\"max_completion_tokens\":-1"), "max_completion_tokens", "invalid_value", "max_completion_tokens is -1; allowed is 1 or more." },
        { With("\"max_tokens\":1,\"max_completion_tokens\":2"), "max_tokens", "invalid_value", "send one of them" },
        { With("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]"), "stop", "invalid_value", "stop has 5 strings; at most 4 are allowed." },
        { With("\"stop\":\"\""), "stop", "invalid_value", "stop has an empty string" },
        { With("\"n\":0"), "n", "invalid_value", "n is 0; allowed is 1 to 128." },

        // What would change the reply and cannot be honoured.
        { With("\"n\":2"), "n", "unsupported_parameter", "n above 1 is not supported for a turn that is stored" },
        { With("\"tools\":[{\"type\":\"function\"}]"), "tools[0].function", "invalid_value", "tools[0].function has no name" },
        { With("\"tools\":[null]"), "tools[0]", "invalid_value", "tools[0] is null" },
        { With("\"tools\":[{\"type\":\"custom\"}]"), "tools[0].type", "unsupported_parameter", "tools[0].type is 'custom'; only 'function' is supported" },
        { With("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"a b\"}}]"), "tools", "invalid_value", "letters, digits" },
        { With("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":[]}}]"), "tools", "invalid_value", "The parameters of the tool 'f' are not a JSON object" },
        { With("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}},{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]"), "tools", "invalid_value", "Two tools of the turn have the same name" },
        { With("\"tools\":\"x\""), "tools", "invalid_type", "expected an array of tools" },
        { With("\"tool_choice\":\"required\""), "tools", "invalid_value", "The tool choice is 'required', and the turn has no tools." },
        { With("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}"), "tools", "invalid_value", "names a tool that the turn does not have" },
        { With("\"tool_choice\":{\"type\":\"function\"}"), "tool_choice", "invalid_value", "expected 'auto', 'none', 'required'" },
        { With("\"functions\":[{}]"), "functions", "unsupported_parameter", "not supported" },
        { With("\"function_call\":{\"name\":\"f\"}"), "function_call", "unsupported_parameter", "not supported" },
        { With("\"response_format\":{\"type\":\"grammar\"}"), "response_format", "unsupported_parameter", "response_format.type is 'grammar'; allowed are text, json_object and json_schema." },
        { With("\"response_format\":{\"type\":\"json_schema\"}"), "response_format", "invalid_value", "response_format of the type json_schema has no name" },
        { With("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\"}}"), "response_format", "invalid_value", "The schema of the reply is not a JSON object" },
        { With("\"response_format\":{\"type\":\"\\ud800\"}"), "response_format.type", "invalid_type", "expected a string of valid Unicode" },
        { With("\"tool_choice\":\"\\ud800\""), "tool_choice", "invalid_value", "expected 'auto', 'none', 'required'" },
        { With("\"modalities\":[\"\\ud800\"]"), "modalities", "unsupported_parameter", "only" },
        { With("\"response_format\":{\"\\ud800\":1}"), "response_format", "invalid_type", "expected an object" },
        { With("\"response_format\":\"json\""), "response_format", "invalid_type", "expected an object" },
        { With("\"response_format\":{\"schema\":1}"), "response_format", "unsupported_parameter", "response_format.type is missing" },
        { With("\"logprobs\":true"), "logprobs", "unsupported_parameter", "not supported" },
        { With("\"top_logprobs\":2"), "top_logprobs", "invalid_value", "set logprobs to true as well" },
        { With("\"logprobs\":true,\"top_logprobs\":21"), "top_logprobs", "invalid_value", "top_logprobs is 21; allowed is 0 to 20." },
        { With("\"modalities\":[\"text\",\"audio\"]"), "modalities", "unsupported_parameter", "only [\"text\"]" },
        { With("\"audio\":{\"voice\":\"x\"}"), "audio", "unsupported_parameter", "not supported" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Bad_input_is_refused_by_name_and_reaches_no_conversation(string body, string? param, string code, string message)
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(body);
        var error = await response.ErrorAsync(HttpStatusCode.BadRequest);
        Assert.Equal(("invalid_request_error", param, code), (error.Type, error.Param, error.Code));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);
        Assert.Equal("false", response.Header("x-should-retry"));
        Assert.Empty(server.Conversations.Requests);
    }

    [Fact]
    public async Task An_unknown_model_is_404_and_lists_known_ones()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(Responses.Hi.Replace("sim-1", "gpt-9", StringComparison.Ordinal));
        var error = await response.ErrorAsync(HttpStatusCode.NotFound);
        Assert.Equal(("model_not_found", "model"), (error.Code, error.Param));
        Assert.Equal("The model 'gpt-9' does not exist. Known are sim-1, org/sim-2.", error.Message);
    }

    [Fact]
    public async Task An_absurdly_long_model_name_is_shown_shortened()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(Responses.Hi.Replace("sim-1", new string('x', 5000), StringComparison.Ordinal));
        var error = await response.ErrorAsync(HttpStatusCode.NotFound);
        Assert.Contains("xxx...' (5000 characters)", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 200);
    }

    [Fact]
    public async Task A_named_model_while_no_backend_is_known_is_503()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Models.Names = [];
        using var response = await server.PostAsync(Responses.Hi);
        Assert.Equal("no_models", (await response.ErrorAsync(HttpStatusCode.ServiceUnavailable)).Code);
        Assert.Equal("1", response.Header("retry-after"));
    }

    [Theory]
    [InlineData("\"seed\":1.0", 1L, null)]
    [InlineData("\"seed\":-7e0,\"max_tokens\":1e3", -7L, 1000)]
    [InlineData("\"max_completion_tokens\":5.00,\"n\":1.0", null, 5)]
    public async Task A_whole_number_may_be_written_in_any_way(string fields, long? seed, int? most)
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync($$"""{"messages":[{"role":"user","content":"Hi"}],{{fields}}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var settings = Assert.Single(server.Conversations.Requests).Content.Settings;
        Assert.Equal((seed, most), (settings.Seed, settings.MaxOutputTokens));
    }

    private static string With(string fields) => $"{{\"model\":\"sim-1\",\"messages\":[{User}],{fields}}}".Replace(
        fields.StartsWith("\"model\"", StringComparison.Ordinal) ? "\"model\":\"sim-1\"," : "\0", "", StringComparison.Ordinal);

    private static string Messages(params string[] messages) => $"{{\"model\":\"sim-1\",\"messages\":[{string.Join(',', messages)}]}}";
}
