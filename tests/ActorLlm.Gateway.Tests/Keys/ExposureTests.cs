using System.Net;
using ActorLlm.Gateway.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Tests.Keys;

public sealed class ExposureTests
{
    public static TheoryData<string> Exposed => ["http://0.0.0.0:0", "http://[::]:0", "http://*:0", "http://+:0", "http://node1.example:0"];

    [Theory]
    [MemberData(nameof(Exposed))]
    public async Task A_host_that_others_reach_does_not_start_without_keys(string url)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayServer.StartAsync(urls: url));
        Assert.StartsWith("ActorLlm:Gateway:ApiKeys has no key, and http://", error.Message, StringComparison.Ordinal);
        Assert.Contains("may be reached by other machines. Make a key with 'actorllm key new'", error.Message, StringComparison.Ordinal);
        Assert.Contains("set ActorLlm:Gateway:AllowAnonymous to true", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Nor_does_one_whose_addresses_are_set_in_code()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(0));
        builder.Services.AddActorLlmGateway();
        await using var app = builder.Build();
        app.MapActorLlm();
        await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync());
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://127.0.0.5:0")]
    [InlineData("http://[::1]:0")]
    public async Task One_on_loopback_starts_and_serves(string url)
    {
        await using var server = await GatewayServer.StartAsync(urls: url);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/v1/models")).StatusCode);
    }

    [Fact]
    public async Task One_with_keys_listens_anywhere_and_serves_nobody_without()
    {
        await using var server = await TestKeys.StartAsync("http://0.0.0.0:0");
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Client.GetAsync("/v1/models")).StatusCode);
        server.Client.DefaultRequestHeaders.Authorization = TestKeys.Bearer(TestKeys.Acme);
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/v1/models")).StatusCode);
    }

    [Fact]
    public async Task One_that_allows_anonymous_callers_listens_anywhere()
    {
        await using var server = await GatewayServer.StartAsync(options => options.AllowAnonymous = true, urls: "http://0.0.0.0:0");
        Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync("/v1/models")).StatusCode);
    }

    [Theory]
    [InlineData("http://localhost:8080")]
    [InlineData("http://app.localhost:8080")]
    [InlineData("http://[::ffff:127.0.0.1]:8080")]
    [InlineData("http://unix:/run/actorllm.sock")]
    [InlineData("http://pipe:/actorllm")]
    public void An_address_that_only_this_machine_reaches_needs_no_key(string address) => Exposure.Refuse(new GatewayOptions(), [address]);

    [Theory]
    [InlineData("http://localhost.example:8080")]
    [InlineData("http://127.0.0.1.example:8080")]
    [InlineData("http://notlocalhost:8080")]
    [InlineData("http://10.1.2.3:8080")]
    [InlineData("<a socket of the supervisor>")]
    public void One_among_them_that_others_may_reach_is_named(string address)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Exposure.Refuse(new GatewayOptions(), ["http://127.0.0.1:8080", address]));
        Assert.Contains($"and {address} may be reached", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.7", false)]
    [InlineData("2001:db8::7", false)]
    [InlineData("::ffff:192.0.2.7", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:127.0.0.2", true)]
    [InlineData(null, true)]
    public void Before_the_start_is_refused_no_request_from_elsewhere_is_let_in(string? localAddress, bool letIn)
    {
        var http = new DefaultHttpContext();
        http.Connection.LocalIpAddress = localAddress is null ? null : IPAddress.Parse(localAddress);
        var error = new Admission(Options.Create(new GatewayOptions())).Refuse(http);
        Assert.Equal(letIn ? null : 401, error?.Status);
        Assert.Null(new Admission(Options.Create(new GatewayOptions { AllowAnonymous = true })).Refuse(http));
    }
}
