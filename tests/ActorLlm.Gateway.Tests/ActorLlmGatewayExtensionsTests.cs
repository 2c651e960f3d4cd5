using System.Net;
using Microsoft.AspNetCore.Builder;

namespace ActorLlm.Gateway.Tests;

public sealed class ActorLlmGatewayExtensionsTests
{
    [Theory]
    [InlineData("GET", "/v1/chat/completions", "POST")]
    [InlineData("DELETE", "/v1/chat/completions", "POST")]
    [InlineData("POST", "/v1/models", "GET")]
    [InlineData("DELETE", "/v1/models/sim-1", "GET")]
    [InlineData("BREW", "/v1/models", "GET")]
    [InlineData("POST", "/own", "GET")]
    public async Task A_wrong_method_is_405_and_names_the_right_one(string method, string path, string allowed)
    {
        await using var server = await GatewayServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await server.Client.SendAsync(request);
        var error = await response.ErrorAsync(HttpStatusCode.MethodNotAllowed);
        Assert.Equal($"{method} is not allowed on '{path}'; allowed is {allowed}.", error.Message);
        Assert.Equal([allowed], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/v1/images/generations")]
    [InlineData("/v1/")]
    [InlineData("/v1/chat/completions/x.json")]
    [InlineData("/")]
    [InlineData("/v2/models")]
    [InlineData("/favicon.ico")]
    public async Task An_unknown_path_is_404_in_the_same_shape(string path)
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.Client.PostAsync(path, null);
        var error = await response.ErrorAsync(HttpStatusCode.NotFound);
        Assert.Equal(("unknown_url", $"There is no POST '{path}' here."), (error.Code, error.Message));
    }

    [Fact]
    public async Task What_the_application_answers_itself_stays_as_it_is()
    {
        await using var server = await GatewayServer.StartAsync();
        using var own = await server.Client.GetAsync("/own");
        using var none = await server.Client.GetAsync("/own/none");
        Assert.Equal((HttpStatusCode.OK, "mine"), (own.StatusCode, await own.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.NotFound, "not mine"), (none.StatusCode, await none.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Mapping_without_the_services_says_what_to_call()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        var error = Assert.Throws<InvalidOperationException>(() => app.MapActorLlm());
        Assert.Equal("Call services.AddActorLlmGateway() before MapActorLlm().", error.Message);
    }
}
