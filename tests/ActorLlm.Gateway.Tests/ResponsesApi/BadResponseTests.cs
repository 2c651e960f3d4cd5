using System.Collections.Immutable;
using System.Net;
using ActorLlm.Domain.Conversations;

namespace ActorLlm.Gateway.Tests.ResponsesApi;

/// <summary>Requests for responses that cannot be right.</summary>
public class BadResponseTests
{
    private readonly DecidedConversations _conversations = new();
    private readonly List<(ImmutableArray<Exchange> History, TurnContent Content)> _asked = [];

    public BadResponseTests()
    {
        var reply = _conversations.Script;
        _conversations.Script = (history, content) =>
        {
            _asked.Add((history, content));
            return reply(history, content);
        };
    }

    [Theory]
    [InlineData("""{}""", "missing_required_parameter", "input")]
    [InlineData("""{"input":7}""", "invalid_type", "input")]
    [InlineData("""{"input":[]}""", "invalid_value", "input")]
    [InlineData("""{"input":[{"type":"web_search_call"}]}""", "unsupported_item", "input[0]")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_file"}]}]}""", "unsupported_content_part", "input[0].content[0]")]
    [InlineData("""{"input":[{"type":"function_call","name":"f"}]}""", "invalid_value", "input[0]")]
    [InlineData("""{"input":"x","tools":[{"type":"web_search"}]}""", "unsupported_parameter", "tools[0].type")]
    [InlineData("""{"input":"x","tool_choice":"f"}""", "invalid_value", "tool_choice")]
    [InlineData("""{"input":"x","text":{"format":{"type":"xml"}}}""", "unsupported_parameter", "text.format")]
    [InlineData("""{"input":"x","max_output_tokens":0}""", "invalid_value", "max_output_tokens")]
    [InlineData("""{"input":"x","temperature":3}""", "invalid_value", "temperature")]
    [InlineData("""{"input":"x","metadata":{"a":1}}""", "invalid_value", "metadata")]
    [InlineData("""{"input":"x","prompt":{"id":"p"}}""", "unsupported_parameter", "prompt")]
    [InlineData("""{"input":"x","background":true,"store":false}""", "invalid_value", "background")]
    [InlineData("""{"input":"x","previous_response_id":"resp_1","conversation":"c"}""", "invalid_value", "previous_response_id")]
    [InlineData("""{"input":"x","previous_response_id":"resp_1"}""", "previous_response_not_found", "previous_response_id")]
    [InlineData("""{"input":"x","conversation":7}""", "invalid_type", "conversation")]
    [InlineData("""{"input":"x","background":"yes"}""", "invalid_type", "background")]
    public async Task What_cannot_be_right_is_refused_by_its_name(string body, string code, string param)
    {
        await using var server = await StartAsync();

        var refused = await server.RefusedAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "/v1/responses", body);

        Assert.Equal((code, param), (refused.Code, refused.Param));
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("resp_1")]
    [InlineData("resp_")]
    [InlineData("nothing")]
    [InlineData("resp_Y2hhdC0xCnR1cm4tMQ")]
    public async Task What_was_never_made_is_not_found(string id)
    {
        await using var server = await StartAsync();

        Assert.Equal("response_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/responses/{id}")).Code);
        Assert.Equal("response_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"/v1/responses/{id}")).Code);
    }

    [Fact]
    public async Task A_turn_of_chat_is_no_response()
    {
        await using var server = await StartAsync();
        using var chat = await server.PostAsync(Responses.Hi, ("Idempotency-Key", "k1"), ("X-Conversation-Id", "talk"));
        var id = "resp_" + Convert.ToBase64String("talk\nk1"u8).TrimEnd('=');

        Assert.Equal("response_not_found", (await server.RefusedAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/v1/responses/{id}")).Code);
    }

    [Fact]
    public async Task Another_method_is_told_which_ones_there_are()
    {
        await using var server = await StartAsync();
        using var response = await server.SendAsync(HttpMethod.Put, "/v1/responses/resp_1", null);

        Assert.Equal("method_not_allowed", (await response.ErrorAsync(HttpStatusCode.MethodNotAllowed)).Code);
        Assert.Equal(["GET", "DELETE"], response.Content.Headers.Allow);
    }

    private Task<GatewayServer> StartAsync() => GatewayServer.StartAsync(real: _conversations);
}
