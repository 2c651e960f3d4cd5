using ActorLlm.Backends.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Backends.Tests.Providers;

public class AzureOpenAITests
{
    [Theory]
    [InlineData("")]
    [InlineData("openai")]
    [InlineData("openai/v1/")]
    public async Task The_resource_is_called_through_its_version_1_api(string path)
    {
        await using HttpHost host = await HttpHost.Simulator();
        using BackendCatalog catalog = OneBackend.Of(BackendType.AzureOpenAI, new Uri(host.Address, path));
        foreach (Observation seen in (Observation[])
            [await Observation.OfStream(catalog.Resolve().Client, "hello"), await Observation.OfPlain(catalog.Resolve().Client, "hello")])
        {
            Assert.Null(seen.Failure);
            Assert.StartsWith("[simulator] You said: hello", seen.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_key_goes_along_as_bearer_token_and_the_deployment_as_model()
    {
        string? authorization = null;
        string body = "";
        await using HttpHost host = await HttpHost.Answering(async context =>
        {
            authorization = context.Request.Headers.Authorization;
            using var reader = new StreamReader(context.Request.Body);
            body = await reader.ReadToEndAsync();
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        });
        using BackendCatalog catalog = OneBackend.Of(BackendType.AzureOpenAI, host.Address, backend => backend.Models = ["my-deployment"]);
        await Observation.OfPlain(catalog.Resolve().Client, "hello");
        Assert.Equal("Bearer test-key", authorization);
        Assert.Contains("\"model\":\"my-deployment\"", body, StringComparison.Ordinal);
    }
}
