using System.ClientModel;
using ActorLlm.Clients.Tests.Clients;
using ActorLlm.Clients.Tests.Contracts;
using ActorLlm.Clients.Tests.Support;

namespace ActorLlm.Clients.Tests;

public sealed class OpenAIClientTests() : ReplyContract(new OpenAISdk())
{
    [Fact]
    public async Task The_models_are_listed_and_found()
    {
        var models = OpenAISdk.Sdk(new ChatAsk(Nodes[1], "")).GetOpenAIModelClient();

        Assert.Contains(ClientsCluster.Model, (await models.GetModelsAsync()).Value.Select(model => model.Id));
        Assert.Equal(ClientsCluster.Model, (await models.GetModelAsync(ClientsCluster.Model)).Value.Id);
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => models.GetModelAsync("no-such-model"))).Status);
    }
}

public sealed class OpenAIClientFailureTests() : FailureContract(new OpenAISdk());

public sealed class OpenAIClientContentTests() : ContentContract(new OpenAISdk());

public sealed class OpenAIClientFaultTests() : FaultContract(new OpenAISdk());
