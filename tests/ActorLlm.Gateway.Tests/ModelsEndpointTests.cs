using System.Net;

namespace ActorLlm.Gateway.Tests;

public sealed class ModelsEndpointTests
{
    [Fact]
    public async Task The_list_has_every_model_the_default_first()
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.Client.GetAsync("/v1/models");
        Assert.StartsWith("req_", response.Header("x-request-id"), StringComparison.Ordinal);
        Assert.Equal(
            """{"object":"list","data":[{"id":"sim-1","object":"model","created":0,"owned_by":"actorllm"},{"id":"org/sim-2","object":"model","created":0,"owned_by":"actorllm"}]}""",
            await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("sim-1", "sim-1")]
    [InlineData("org/sim-2", "org/sim-2")]
    [InlineData("org%2Fsim-2", "org/sim-2")]
    public async Task A_model_is_found_by_its_name_with_its_slash_escaped_or_not(string path, string id)
    {
        await using var server = await GatewayServer.StartAsync();
        using var response = await server.Client.GetAsync($"/v1/models/{path}");
        Assert.Equal(id, (await response.JsonAsync()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_model_whose_name_has_an_escape_is_not_the_one_that_it_stands_for()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Models.Names = ["org/a", "org%2Fa"];
        using var response = await server.Client.GetAsync("/v1/models/org%252Fa");
        Assert.Equal("org%2Fa", (await response.JsonAsync()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_unknown_model_is_404_and_lists_known_ones()
    {
        await using var server = await GatewayServer.StartAsync();
        server.Models.Names = [.. Enumerable.Range(1, 12).Select(number => $"m{number}")];
        using var response = await server.Client.GetAsync("/v1/models/SIM-1");
        var error = await response.ErrorAsync(HttpStatusCode.NotFound);
        Assert.Equal("model_not_found", error.Code);
        Assert.EndsWith("m9, m10 and 2 more (GET /v1/models).", error.Message, StringComparison.Ordinal);
    }
}
