using ActorLlm.Clients.Tests.Clients;
using ActorLlm.Clients.Tests.Support;

namespace ActorLlm.Clients.Tests.Contracts;

/// <summary>What the contracts of .NET clients share. <c>npm/contract.mjs</c> is the same for the clients from npm.</summary>
public abstract class ClientContract : IAsyncLifetime
{
    private protected const string ConversationHeader = "X-Conversation-Id";
    private protected const string KeyHeader = "Idempotency-Key";

    private ClientsCluster _cluster = null!;

    private protected ClientContract(IClient client) => Client = client;

    private protected IClient Client { get; }

    private protected IReadOnlyList<Uri> Nodes => _cluster.Nodes;

    /// <summary>The model's own base address, for comparison with what comes through the cluster.</summary>
    private protected Uri Model => _cluster.ModelEndpoint;

    public async Task InitializeAsync() => _cluster = await ClientsCluster.SharedAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Each check has a word of its own, by which the model's calls are told apart.</summary>
    private protected ChatAsk Ask(string check, string rest = "") => new(Nodes[0], $"{Client.Name}-{check} {rest}");

    private protected Wire With(string header, string check, Func<WireAnswer, Task>? onAnswer = null) =>
        new(new Dictionary<string, string> { [header] = $"{Client.Name}-{check}" }, onAnswer);

    private protected Task<ModelCalls> CallsAsync(string check) => _cluster.CallsAsync($"{Client.Name}-{check} ");
}
