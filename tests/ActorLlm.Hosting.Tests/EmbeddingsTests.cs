using System.Text;
using System.Text.Json;
using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests;

/// <summary>Embeddings in a host that is not even started: they need its backends and nothing else of it.</summary>
public sealed class EmbeddingsTests
{
    [Fact]
    public async Task A_backend_that_has_embeddings_answers()
    {
        await using var services = Services();

        var answer = await CallAsync(services, "simulator", """{"model":"simulator","input":["a","b"]}""");

        Assert.Equal(2, JsonElement.Parse(answer.Span).GetProperty("data").GetArrayLength());
    }

    [Theory]
    [InlineData("other")]
    [InlineData("scripted-model")]
    public async Task A_model_without_a_backend_that_has_them_is_404(string model)
    {
        await using var services = Services();

        var failure = await Assert.ThrowsAsync<DirectCallException>(() => CallAsync(services, model, "{}"));

        Assert.Equal((FailureKind.Content, 404), (failure.Kind, failure.Status));
    }

    [Fact]
    public async Task What_the_backend_refuses_is_told_with_its_reason()
    {
        await using var services = Services();

        var failure = await Assert.ThrowsAsync<DirectCallException>(() => CallAsync(services, "simulator", """{"model":"simulator"}"""));

        Assert.Equal((FailureKind.Content, 400), (failure.Kind, failure.Status));
        Assert.Contains("'input' is missing", failure.Message, StringComparison.Ordinal);
    }

    private static Task<ReadOnlyMemory<byte>> CallAsync(IServiceProvider services, string model, string request) =>
        services.GetRequiredService<IEmbeddings>().CallAsync(model, Encoding.UTF8.GetBytes(request));

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddBackend("scripted", _ => ScriptedChatClient.Echo(), "scripted-model");
        services.AddActorLlmServices(new ConfigurationBuilder().AddInMemoryCollection([new("ActorLlm:Backends:sim:Type", "Simulator")]).Build());
        return services.BuildServiceProvider();
    }
}
