using System.Net;
using ActorLlm.Chaos.Ledger;
using ActorLlm.Chaos.Load;

namespace ActorLlm.Chaos.Tests.Load;

public sealed class AnswerReaderTests
{
    private const string Role = """data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""";
    private const string Hel = """data: {"choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}""";
    private const string Lo = """data: {"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":null}]}""";
    private const string Stop = """data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
    private const string Done = "data: [DONE]";

    private readonly TurnRecord _turn = new("c", "t1", "hello");

    [Fact]
    public async Task A_whole_stream_is_a_reply() =>
        Assert.Equal(new Answer.Reply("Hello"), await StreamAsync(false, ": ping", Role, Hel, Lo, Stop, Done));

    [Theory]
    [InlineData(Role, Hel)]
    [InlineData(Role, Hel, Lo, Stop)]
    public async Task A_stream_without_its_end_mark_is_cut_whatever_came_before(params string[] lines)
    {
        Assert.Equal(new Answer.Retry("cut stream") { Broken = true }, await StreamAsync(false, lines));
        Assert.StartsWith("Hel", _turn.Beginning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_ends_without_a_finish_reason_is_no_reply() =>
        Assert.IsType<Answer.Refusal>(await StreamAsync(false, Role, Hel, Done));

    [Fact]
    public async Task An_error_frame_is_to_be_sent_again() =>
        Assert.Equal(new Answer.Retry("error frame lost") { Broken = true }, await StreamAsync(false, Role, Hel, """data: {"error":{"code":"lost"}}"""));

    [Fact]
    public async Task A_client_that_leaves_does_so_at_the_first_text_and_not_before() =>
        Assert.Equal((new Answer.Left(), "Hel"), (await StreamAsync(true, Role, Hel, Lo, Stop, Done), _turn.Beginning));

    [Theory]
    [InlineData(503, null, true)]
    [InlineData(429, null, true)]
    [InlineData(500, "false", false)]
    [InlineData(422, null, false)]
    public async Task An_error_is_sent_again_where_that_may_help(int status, string? shouldRetry, bool again)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        response.Headers.Add("retry-after-ms", "250");
        if (shouldRetry is not null)
            response.Headers.Add("x-should-retry", shouldRetry);

        var answer = await AnswerReader.ReadErrorAsync(response, CancellationToken.None);

        if (again)
            Assert.Equal(new Answer.Retry($"status {status}", TimeSpan.FromMilliseconds(250)), answer);
        else
            Assert.IsType<Answer.Refusal>(answer);
    }

    [Fact]
    public async Task A_plain_answer_is_a_reply()
    {
        using var response = new HttpResponseMessage
        {
            Content = new StringContent("""{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}"""),
        };

        Assert.Equal(new Answer.Reply("Hello"), await AnswerReader.ReadWholeAsync(response, CancellationToken.None));
    }

    private async Task<Answer> StreamAsync(bool leaveAtText, params string[] lines)
    {
        using var response = new HttpResponseMessage { Content = new StringContent(string.Join("\n\n", lines) + "\n\n") };
        return await AnswerReader.ReadStreamAsync(response, _turn, leaveAtText, CancellationToken.None);
    }
}
