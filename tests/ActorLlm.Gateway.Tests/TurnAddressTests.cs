using System.Net;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Keys;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Gateway.Tests;

public sealed class TurnAddressTests
{
    [Fact]
    public void A_key_alone_always_reaches_the_same_conversation()
    {
        var first = Read([("Idempotency-Key", "k1")]);
        Assert.Equal(first, Read([("Idempotency-Key", "k1")]));
        Assert.Matches("^default/key-[0-9a-f]{32}$", first.Conversation.Value);
        Assert.Equal("k1", first.Turn.Value);
        Assert.True(first.ClientKey);
        Assert.NotEqual(first.Conversation, Read([("Idempotency-Key", "k2")]).Conversation);
    }

    [Fact]
    public void The_same_names_of_another_tenant_mean_another_conversation()
    {
        Assert.Equal("acme/c1", Read([("X-Conversation-Id", "c1")], tenant: "acme").Conversation.Value);
        Assert.Equal("acme/c2", Read([], "c2", "acme").Conversation.Value);
        Assert.Equal("acme", Read([("Idempotency-Key", "k1")], tenant: "acme").Conversation.Tenant);
        Assert.Equal("acme", Read([], tenant: "acme").Conversation.Tenant);
        Assert.Equal("acme/../other/c", Read([("X-Conversation-Id", "../other/c")], tenant: "acme").Conversation.Value);
        Assert.NotEqual(
            Ids.CompletionOf(ConversationId.Of("acme", "c1"), TurnId.Parse("t")), Ids.CompletionOf(ConversationId.Of("other", "c1"), TurnId.Parse("t")));
    }

    [Fact]
    public void Of_a_request_that_nobody_let_in_there_is_no_tenant() =>
        Assert.Throws<InvalidOperationException>(() => TurnAddress.Read(new DefaultHttpContext(), null, out _));

    [Fact]
    public void A_longest_key_still_makes_a_valid_conversation()
    {
        var longest = new string('~', Limits.MaxIdLength);
        Assert.Equal(longest, Read([("Idempotency-Key", longest)]).Turn.Value);
    }

    [Fact]
    public void Nothing_named_is_a_new_turn_in_a_new_conversation()
    {
        var (first, second) = (Read([]), Read([]));
        Assert.NotEqual(first.Conversation, second.Conversation);
        Assert.NotEqual(first.Turn, second.Turn);
        Assert.False(first.ClientKey);
    }

    [Fact]
    public void A_conversation_may_be_named_in_the_header_in_metadata_or_the_same_in_both()
    {
        Assert.Equal("default/c/1", Read([("X-Conversation-Id", "c/1")]).Conversation.Value);
        Assert.Equal("default/c2", Read([], "c2").Conversation.Value);
        Assert.Equal("default/c3", Read([("X-Conversation-Id", "c3")], "c3").Conversation.Value);
        Assert.Contains("name two conversations", Refused([("X-Conversation-Id", "c3")], "c4").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, OverlapPolicy.Enqueue)]
    [InlineData("enqueue", OverlapPolicy.Enqueue)]
    [InlineData("Reject", OverlapPolicy.Reject)]
    [InlineData("interrupt", OverlapPolicy.Interrupt)]
    public void The_overlap_policy_is_a_header(string? value, OverlapPolicy expected) =>
        Assert.Equal(expected, Read(value is null ? [] : [("X-Overlap-Policy", value)]).Overlap);

    [Theory]
    [InlineData("Idempotency-Key", "", "invalid_idempotency_key", "The header Idempotency-Key is not valid. The turn id is empty; expected 1 to 128 visible ASCII characters.")]
    [InlineData("Idempotency-Key", "a b", "invalid_idempotency_key", "The turn id has the character U+0020 at position 1; only visible ASCII")]
    [InlineData("Idempotency-Key", "a\u0007", "invalid_idempotency_key", "U+0007 at position 1")]
    [InlineData("X-Conversation-Id", "gr\u00fcn", "invalid_conversation_id", "The header X-Conversation-Id is not valid. The conversation id has the character U+00FC")]
    [InlineData("X-Conversation-Id", "", "invalid_conversation_id", "The conversation id is empty")]
    [InlineData("X-Overlap-Policy", "drop", "invalid_overlap_policy", "The header X-Overlap-Policy is 'drop'; allowed are enqueue, reject and interrupt.")]
    public void A_header_that_is_not_valid_is_refused_by_name_with_the_rule(string header, string value, string code, string message)
    {
        var error = Refused([(header, value)]);
        Assert.Equal((400, header, code), (error.Status, error.Param, error.Code));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Idempotency-Key")]
    [InlineData("X-Conversation-Id")]
    public void An_id_too_long_is_refused_with_its_length_and_the_limit(string header) =>
        Assert.Contains("has 129 characters; at most 128 are allowed", Refused([(header, new string('x', 129))]).Message, StringComparison.Ordinal);

    [Fact]
    public void A_control_character_in_metadata_is_refused_by_the_name_of_its_field()
    {
        var error = Refused([], "a\nb");
        Assert.Equal("metadata.conversation_id", error.Param);
        Assert.Contains("The field metadata.conversation_id is not valid. The conversation id has the character U+000A", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_sent_twice_is_refused()
    {
        var http = Request([]);
        http.Request.Headers["Idempotency-Key"] = new(["a", "b"]);
        Assert.Equal("The header Idempotency-Key was sent 2 times; send it once.", TurnAddress.Read(http, null, out _)!.Message);
    }

    [Fact]
    public async Task Over_the_wire_a_bad_key_is_400_and_reaches_no_conversation()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.PostAsync(Responses.Hi, ("Idempotency-Key", new string('k', 129)));
        Assert.Equal("invalid_idempotency_key", (await response.ErrorAsync(HttpStatusCode.BadRequest)).Code);
        Assert.Empty(server.Conversations.Requests);
    }

    private static TurnAddress Read((string, string)[] headers, string? metadata = null, string tenant = "default")
    {
        Assert.Null(TurnAddress.Read(Request(headers, tenant), metadata, out var address));
        return address;
    }

    private static ApiError Refused((string, string)[] headers, string? metadata = null)
    {
        var error = TurnAddress.Read(Request(headers), metadata, out _);
        Assert.NotNull(error);
        return error;
    }

    private static DefaultHttpContext Request((string Name, string Value)[] headers, string tenant = "default")
    {
        var http = new DefaultHttpContext();
        http.Features.Set(new Caller(tenant));
        foreach (var (name, value) in headers) http.Request.Headers[name] = value;
        return http;
    }
}
