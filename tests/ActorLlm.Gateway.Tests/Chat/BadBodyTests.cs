using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ActorLlm.Domain;

namespace ActorLlm.Gateway.Tests.Chat;

/// <summary>Bodies that are too large, of another kind, or no text.</summary>
public sealed class BadBodyTests
{
    private const string User = """{"role":"user","content":"Hi"}""";

    [Fact]
    public async Task Bytes_that_are_no_utf8_are_refused()
    {
        await using var server = await GatewayServer.StartAsync();
        using var content = new ByteArrayContent([.. "{\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xC3, 0x28, .. "\"}]}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await server.Client.PostAsync("/v1/chat/completions", content);
        Assert.Equal("messages[0].content", (await response.ErrorAsync(HttpStatusCode.BadRequest)).Param);
    }

    [Fact]
    public async Task A_byte_order_mark_before_the_body_is_no_part_of_it()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync("\ufeff" + Responses.Hi);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task What_is_not_stored_is_bounded_by_the_whole_request_only()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Direct.Answer("Yes");
        var image = "data:image/png;base64,iVBORw0KGgoA" + new string('A', 2 * Limits.MaxContentBytes);
        var body = Responses.HiDirect.Replace("\"Hi\"", $$$"""[{"type":"image_url","image_url":{"url":"{{{image}}}"}}]""", StringComparison.Ordinal);
        using var response = await server.PostAsync(body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(image, Assert.Single(server.Direct.Calls).Messages[0].Images[0].Url);
    }

    [Fact]
    public async Task Text_over_a_mebibyte_is_413_and_text_of_a_mebibyte_passes()
    {
        await using var server = await GatewayServer.StartAsync();
        var most = Limits.MaxContentBytes - "sim-1".Length;
        using var tooLong = await server.PostAsync(Responses.Hi.Replace("Hi", new string('x', most + 1), StringComparison.Ordinal));
        var error = await tooLong.ErrorAsync(HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal(("content_too_large", "messages"), (error.Code, error.Param));
        Assert.Contains("1048577 bytes of text, images and tools; at most 1048576 (1 MiB) are allowed", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Conversations.Requests);
        using var longest = await server.PostAsync(
            Responses.Hi.Replace("Hi", string.Concat(Enumerable.Repeat("\\u0078", most)), StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, longest.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_413_whether_it_says_its_length_or_not(bool chunked)
    {
        await using var server = await GatewayServer.StartAsync(options => options.MaxRequestBytes = 64 * 1024);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(Responses.Hi.Replace("Hi", new string('x', 64 * 1024), StringComparison.Ordinal), Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await server.Client.SendAsync(request);
        var error = await response.ErrorAsync(HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal("request_too_large", error.Code);
        Assert.Contains("larger than 65536 bytes", error.Message, StringComparison.Ordinal);
        using var next = await server.PostAsync(Responses.Hi);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(48)]
    public async Task A_huge_body_is_413_for_a_client_that_sends_all_of_it_first(int mebibytes)
    {
        await using var server = await GatewayServer.StartAsync();
        using var content = new ByteArrayContent(new byte[mebibytes * 1024 * 1024]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await server.Client.PostAsync("/v1/chat/completions", content);
        Assert.Equal("request_too_large", (await response.ErrorAsync(HttpStatusCode.RequestEntityTooLarge)).Code);
    }

    [Theory]
    [InlineData(null, "The header Content-Type is missing; expected application/json.")]
    [InlineData("text/plain", "The header Content-Type is 'text/plain'; expected application/json.")]
    [InlineData("application/x-www-form-urlencoded", "expected application/json")]
    [InlineData("application/json; charset=utf-16", "The body's charset is 'utf-16'; expected utf-8.")]
    public async Task A_wrong_media_type_is_415(string? type, string message)
    {
        await using var server = await GatewayServer.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Responses.Hi));
        if (type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await server.Client.PostAsync("/v1/chat/completions", content);
        var error = await response.ErrorAsync(HttpStatusCode.UnsupportedMediaType);
        Assert.Equal(("unsupported_media_type", "Content-Type"), (error.Code, error.Param));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_compressed_body_is_415()
    {
        await using var server = await GatewayServer.StartAsync();
        using var content = new StringContent(Responses.Hi, Encoding.UTF8, "application/json");
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await server.Client.PostAsync("/v1/chat/completions", content);
        Assert.Equal("Content-Encoding", (await response.ErrorAsync(HttpStatusCode.UnsupportedMediaType)).Param);
    }

    [Theory]
    [InlineData("\\u0000")]
    [InlineData("\\ud83d\\ude00\\u2028")]
    public async Task Odd_but_valid_text_passes_unchanged(string escaped)
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(Responses.Hi.Replace("Hi", escaped + "Hi", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = Assert.Single(Assert.Single(server.Conversations.Requests).Content.Messages).Text;
        Assert.Equal(System.Text.Json.JsonSerializer.Deserialize<string>($"\"{escaped}Hi\""), sent);
    }

    [Fact]
    public async Task Arbitrary_bytes_are_never_a_server_error()
    {
        // A fixed seed: the same bytes in every run.
        var dice = new Random(20260101);
        await using var server = await GatewayServer.StartAsync();
        var sample = Encoding.UTF8.GetBytes(With(
            "\"stop\":[\"a\\ud83d\"],\"tools\":[],\"response_format\":{\"type\":\"text\"},\"metadata\":{\"conversation_id\":\"c\"},\"temperature\":1e0"));
        for (var round = 0; round < 500; round++)
        {
            var bytes = sample.ToArray();
            for (var change = dice.Next(1, 6); change > 0; change--) bytes[dice.Next(bytes.Length)] = (byte)dice.Next(256);
            using var content = new ByteArrayContent(bytes[..dice.Next(bytes.Length + 1)]);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await server.Client.PostAsync("/v1/chat/completions", content);
            Assert.True((int)response.StatusCode < 500, Convert.ToBase64String(bytes));
        }
    }

    private static string With(string fields) => $"{{\"model\":\"sim-1\",\"messages\":[{User}],{fields}}}".Replace(
        fields.StartsWith("\"model\"", StringComparison.Ordinal) ? "\"model\":\"sim-1\"," : "\0", "", StringComparison.Ordinal);
}
