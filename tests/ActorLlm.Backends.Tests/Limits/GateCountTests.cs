namespace ActorLlm.Backends.Tests.Limits;

/// <summary>What a backend's places count of its calls.</summary>
public sealed class GateCountTests : IDisposable
{
    private readonly ConcurrencyGate _gate = new(1);

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task Calls_that_wait_run_and_give_up_are_told_apart()
    {
        using var stop = new CancellationTokenSource();
        ConcurrencyGate.Place first = await _gate.Enter(default);
        ValueTask<ConcurrencyGate.Place> second = _gate.Enter(default);
        ValueTask<ConcurrencyGate.Place> third = _gate.Enter(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(third.AsTask);
        first.Dispose();
        (await second).Dispose();

        var count = _gate.Count;

        Assert.Equal((3, 3, 1, 2), (count.Arrived, count.Waited, count.GaveUp, count.Served));
        Assert.True(count is { WaitSum: > 0, ServiceSum: > 0 } && count.BusyArea >= count.ServiceSum * 0.999999);
    }
}
