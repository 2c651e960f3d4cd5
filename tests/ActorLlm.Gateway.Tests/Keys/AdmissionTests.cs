using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenAI;

namespace ActorLlm.Gateway.Tests.Keys;

public sealed class AdmissionTests
{
    [Fact]
    public async Task A_key_opens_the_conversations_of_its_tenant()
    {
        await using var server = await TestKeys.StartAsync();
        foreach (var key in new[] { TestKeys.Acme, TestKeys.AcmeNext, TestKeys.Other })
        {
            using var response = await server.AskAsync(key);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("c", response.Header("X-Conversation-Id"));
        }

        Assert.Equal(["acme/c", "acme/c", "other/c"], server.Conversations.Requests.Select(request => request.Conversation.Value));
        Assert.Equal(2, server.Conversations.Executions);
    }

    [Fact]
    public async Task What_one_tenant_has_is_to_another_as_if_it_were_not()
    {
        const string Ask = """{"model":"sim-1","messages":[{"role":"user","content":"What did the other one say?"}]}""";
        await using var server = await TestKeys.StartAsync();
        using var acme = await server.AskAsync(TestKeys.Acme);
        using var mine = await server.AskAsync(TestKeys.AcmeNext, Ask);
        using var other = await server.AskAsync(TestKeys.Other, Ask);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, mine.StatusCode);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.NotEqual((await acme.JsonAsync()).GetProperty("id").GetString(), (await other.JsonAsync()).GetProperty("id").GetString());
    }

    [Theory]
    [InlineData(null, "This server asks for an API key. Send the header Authorization: Bearer KEY.")]
    [InlineData("", "The header Authorization is not of the form 'Bearer KEY'.")]
    [InlineData("Bearer", "The header Authorization is not of the form 'Bearer KEY'.")]
    [InlineData("Bearer   ", "The header Authorization is not of the form 'Bearer KEY'.")]
    [InlineData("Basic c2stYWwtYWNtZTo=", "The header Authorization is not of the form 'Bearer KEY'.")]
    [InlineData("sk-al-acme", "The header Authorization is not of the form 'Bearer KEY'.")]
    public async Task A_request_without_a_key_is_told_what_to_send(string? authorization, string message)
    {
        await using var server = await TestKeys.StartAsync();
        using var response = await server.PostAsync(Responses.Hi, authorization is null ? [] : [("Authorization", authorization)]);
        Assert.StartsWith(message, (await UnauthorizedAsync(response)).Message, StringComparison.Ordinal);
        Assert.Empty(server.Conversations.Requests);
    }

    [Fact]
    public async Task Every_wrong_key_has_the_same_answer_which_does_not_repeat_it()
    {
        await using var server = await TestKeys.StartAsync();
        var messages = new HashSet<string>();
        foreach (var key in new[] { "sk-al-acm", "sk-al-acme1", "SK-AL-ACME", "sk-al-acme sk-al-other", "x", new string('x', 8000) })
        {
            using var response = await server.PostAsync(Responses.Hi, ("Authorization", $"Bearer {key}"));
            messages.Add((await UnauthorizedAsync(response)).Message);
        }

        Assert.DoesNotContain("acm", Assert.Single(messages), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(server.Conversations.Requests);
    }

    [Fact]
    public async Task Two_headers_are_refused_even_where_one_has_a_key()
    {
        await using var server = await TestKeys.StartAsync();
        using var response = await server.PostAsync(Responses.Hi, ("Authorization", $"Bearer {TestKeys.Acme}"), ("Authorization", "Bearer x"));
        await UnauthorizedAsync(response);
    }

    [Theory]
    [InlineData("bearer sk-al-acme")]
    [InlineData("BEARER  sk-al-acme ")]
    public async Task The_scheme_has_no_case_and_spaces_around_the_key_do_not_matter(string authorization)
    {
        await using var server = await TestKeys.StartAsync();
        using var response = await server.PostAsync(Responses.Hi, ("Authorization", authorization));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/v1/models")]
    [InlineData("GET", "/v1/models/sim-1")]
    [InlineData("DELETE", "/v1/models")]
    [InlineData("GET", "/v1/chat/completions")]
    [InlineData("OPTIONS", "/v1/chat/completions")]
    [InlineData("POST", "/v1/anything/else")]
    [InlineData("GET", "/V1/models")]
    [InlineData("GET", "/v1")]
    [InlineData("GET", "/v1/")]
    public async Task Every_path_asks_for_a_key_before_it_says_anything_else(string method, string path)
    {
        await using var server = await TestKeys.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var refused = await server.Client.SendAsync(request);
        await UnauthorizedAsync(refused);

        using var again = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { Authorization = TestKeys.Bearer(TestKeys.Acme) } };
        using var answered = await server.Client.SendAsync(again);
        Assert.NotEqual(HttpStatusCode.Unauthorized, answered.StatusCode);
    }

    [Fact]
    public async Task The_body_is_not_waited_for()
    {
        await using var server = await TestKeys.StartAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Address.Host, server.Address.Port);
        await using var stream = tcp.GetStream();
        // Of the body nothing comes, as the client waits to be told to go on.
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60\r\nExpect: 100-continue\r\n\r\n"));
        using var reader = new StreamReader(stream);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal("HTTP/1.1 401 Unauthorized", await reader.ReadLineAsync(deadline.Token));
    }

    [Fact]
    public async Task Without_keys_any_key_will_do_and_the_tenant_is_the_default_one()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.AskAsync("unused");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("default/c", Assert.Single(server.Conversations.Requests).Conversation.Value);
    }

    [Fact]
    public async Task The_openai_sdk_comes_in_with_its_key_and_is_told_of_a_wrong_one()
    {
        await using var server = await TestKeys.StartAsync();
        await Sdk(server, TestKeys.Acme).GetChatClient("sim-1").CompleteChatAsync("Hi");
        Assert.Equal("acme", Assert.Single(server.Conversations.Requests).Conversation.Tenant);

        var error = await Assert.ThrowsAsync<ClientResultException>(() => Sdk(server, "sk-al-wrong").GetChatClient("sim-1").CompleteChatAsync("Hi"));
        Assert.Equal(401, error.Status);
        Assert.Contains("The API key is none of this server's.", error.Message, StringComparison.Ordinal);
    }

    private static async Task<ErrorBody> UnauthorizedAsync(HttpResponseMessage response)
    {
        var error = await response.ErrorAsync(HttpStatusCode.Unauthorized);
        Assert.Equal(("invalid_request_error", "invalid_api_key"), (error.Type, error.Code));
        Assert.Equal(("Bearer", "false"), (response.Header("WWW-Authenticate"), response.Header("x-should-retry")));
        return error;
    }

    private static OpenAIClient Sdk(GatewayServer server, string key) =>
        new(new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "/v1"), RetryPolicy = new ClientRetryPolicy(3) });
}
