using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Processes;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests;

public sealed class WebhookTests
{
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    private static string Secret => "whsec_" + Convert.ToBase64String(Key);

    [Theory]
    [InlineData("https://hooks.example.com/a?b=c")]
    [InlineData("https://deep.below.example.org/")]
    [InlineData("http://127.0.0.1:9000/hook")]
    [InlineData("http://internal/hook")]
    public void A_url_of_an_allowed_host_is_taken(string url) =>
        Assert.Null(WebhookAddress.Problem(url, ["hooks.example.com", "*.example.org", "127.0.0.1", "internal"]));

    [Theory]
    [InlineData("https://evil.com/", "not allowed")]
    [InlineData("https://example.org.evil.com/", "not allowed")]
    [InlineData("https://xexample.org/", "not allowed")]
    [InlineData("ftp://a.example.org/", "no absolute http or https")]
    [InlineData("/relative", "no absolute http or https")]
    [InlineData("https://user:pw@a.example.org/", "a user or a password")]
    [InlineData("http://a.example.org/", "not https")]
    public void Any_other_is_refused_with_the_reason(string url, string reason) =>
        Assert.Contains(reason, WebhookAddress.Problem(url, ["*.example.org"]), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:192.168.0.1]/")]
    [InlineData("https://0x7f.1/")]
    public void A_private_address_is_refused_unless_it_is_named(string url) =>
        Assert.Contains("private", WebhookAddress.Problem(url, ["*"]), StringComparison.Ordinal);

    [Fact]
    public void The_signature_is_that_of_the_standards_own_example()
    {
        // From the test of the Standard Webhooks reference libraries.
        var key = WebhookSignature.KeyOf("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")!;

        var signature = WebhookSignature.Of(
            key, "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), "{\"test\": 2432232314}"u8);

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", signature);
    }

    [Fact]
    public async Task A_reply_is_sent_signed_tried_again_after_a_500_and_acknowledged_after_a_200()
    {
        var port = LoopbackPorts.Free()[0];
        using var receiver = new Receiver(port, failures: 1);
        await using var host = await StartAsync();

        await host.Outbox().OweAsync(Turns.Turn("c", "t", "hello"), Webhooks(host).To($"http://127.0.0.1:{port}/hook"), follow: false);

        var (_, first) = await receiver.NextAsync();
        var (headers, body) = await receiver.NextAsync();
        Assert.Equal(first, body);
        using var json = JsonDocument.Parse(body);
        Assert.Equal(("success", "echo: hello", "t", "c"), (Text("status"), Text("result"), Text("id"), Text("conversation")));
        var signed = Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}");
        Assert.Equal("v1," + Convert.ToBase64String(HMACSHA256.HashData(Key, signed)), headers["webhook-signature"]);
        await Eventually.HoldsAsync("it is acknowledged", async () =>
            await host.Conversations.GetAsync(ConversationId.Of("c"), TurnId.Parse("t")) is TurnSettled { Acknowledged: true });
        await Eventually.HoldsAsync("nothing is owed", async () => (await host.Outbox().ListAsync(parked: false, 10)).Count == 0);

        string? Text(string name) => json.RootElement.GetProperty(name).GetString();
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_holds_up_no_other_and_its_reply_is_parked_at_the_bound()
    {
        var (dead, alive) = (LoopbackPorts.Free(2)[0], LoopbackPorts.Free()[0]);
        using var receiver = new Receiver(alive, failures: 0);
        await using var host = await StartAsync(attempts: 1);

        await host.Outbox().OweAsync(Turns.Turn("a", "t", "hello"), Webhooks(host).To($"http://127.0.0.1:{dead}/"), follow: false);
        await host.Outbox().OweAsync(Turns.Turn("b", "t", "hello"), Webhooks(host).To($"http://127.0.0.1:{alive}/"), follow: false);

        await receiver.NextAsync();
        await Eventually.HoldsAsync("the other is parked", async () => (await host.Outbox().ListAsync(parked: true, 10)).Count == 1);
        var parked = Assert.Single(await host.Outbox().ListAsync(parked: true, 10));
        Assert.Equal("a", parked.Conversation.Name);
        Assert.Contains("was not reached", parked.Reason, StringComparison.Ordinal);
    }

    private static Task<TestHost> StartAsync(int attempts = 50) => TestHost.StartAsync(ScriptedChatClient.Echo(), configure: options =>
        (options.Webhooks.AllowedHosts, options.Webhooks.Secret, options.Webhooks.MaxAttempts) = (["127.0.0.1"], Secret, attempts));

    private static IWebhooks Webhooks(TestHost host) => host.Services.GetRequiredService<IWebhooks>();

    /// <summary>Answers 500 so many times, then 200.</summary>
    private sealed class Receiver : IDisposable
    {
        private readonly HttpListener _listener = new();
        private int _failures;

        public Receiver(int port, int failures)
        {
            _failures = failures;
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            _listener.Start();
        }

        public async Task<(Dictionary<string, string> Headers, string Body)> NextAsync()
        {
            var context = await _listener.GetContextAsync().InTime();
            using var reader = new StreamReader(context.Request.InputStream);
            var body = await reader.ReadToEndAsync();
            context.Response.StatusCode = _failures-- > 0 ? 500 : 200;
            context.Response.Close();
            return (context.Request.Headers.AllKeys.ToDictionary(name => name!, name => context.Request.Headers[name]!, StringComparer.OrdinalIgnoreCase), body);
        }

        public void Dispose() => _listener.Close();
    }
}
