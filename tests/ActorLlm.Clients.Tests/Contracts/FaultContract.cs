using ActorLlm.Clients.Tests.Clients;
using ActorLlm.Clients.Tests.Support;

namespace ActorLlm.Clients.Tests.Contracts;

/// <summary>The catalogue of a backend's faults, as every .NET client must see them. <c>npm/faults.mjs</c> is the same for the clients from npm.</summary>
public abstract class FaultContract : ClientContract
{
    private protected FaultContract(IClient client) : base(client)
    {
    }

    public static TheoryData<string> Faults => [.. FaultCase.All.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_fault_of_the_backend_is_seen_as_the_catalogue_says(string fault)
    {
        var observed = await FaultRun.ObserveAsync(Client, fault);

        Assert.Equal(FaultCase.All.Single(one => one.Name == fault).Expected(codeOfBrokenIsSeen: false), observed);
        Assert.Equal(0, (await ModelCalls.ReadAsync(new Uri(Model, "/"), FaultRun.WordOf(Client, fault))).Early);
    }
}
