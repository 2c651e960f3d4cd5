using System.Threading.Channels;
using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Tests.Limits;

public sealed class ConcurrencyLimitTests : IDisposable
{
    private readonly ConcurrencyGate _gate = new(2);
    private readonly Channel<TaskCompletionSource> _started = Channel.CreateUnbounded<TaskCompletionSource>();
    private readonly IChatClient _client;

    public ConcurrencyLimitTests() => _client = new ChatClientBuilder(new ScriptedChatClient((_, _) => Gated())).UseConcurrencyLimit(_gate).Build();

    public void Dispose() => _gate.Dispose();

    private async IAsyncEnumerable<ChatResponseUpdate> Gated()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _started.Writer.WriteAsync(release);
        await release.Task;
        yield return ScriptedChatClient.End;
    }

    [Fact]
    public async Task A_third_call_waits_until_one_of_two_has_ended()
    {
        Task<Observation>[] calls = [Call(), Call(), Call()];
        TaskCompletionSource first = await _started.Reader.ReadAsync();
        TaskCompletionSource second = await _started.Reader.ReadAsync();
        Assert.Equal(3, _gate.InFlight);
        Assert.False(_started.Reader.TryRead(out _));

        first.SetResult();
        TaskCompletionSource third = await _started.Reader.ReadAsync();
        second.SetResult();
        third.SetResult();
        await Task.WhenAll(calls);
        Assert.Equal(0, _gate.InFlight);

        Task<Observation> Call() => Observation.OfStream(_client, "x");
    }

    [Fact]
    public async Task A_call_that_gives_up_waiting_leaves_no_trace()
    {
        Task<Observation>[] running = [Observation.OfStream(_client, "x"), Observation.OfPlain(_client, "x")];
        using var caller = new CancellationTokenSource();
        Task<ChatResponse> waiting = _client.GetResponseAsync("x", cancellationToken: caller.Token);
        Assert.Equal(3, _gate.InFlight);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(2, _gate.InFlight);

        (await _started.Reader.ReadAsync()).SetResult();
        (await _started.Reader.ReadAsync()).SetResult();
        await Task.WhenAll(running);
        Assert.Equal(0, _gate.InFlight);
    }

    [Fact]
    public async Task A_stream_given_up_half_way_gives_its_place_back()
    {
        IChatClient endless = new ChatClientBuilder(new ScriptedChatClient((_, _) => Endless())).UseConcurrencyLimit(_gate).Build();
        await foreach (ChatResponseUpdate _ in endless.GetStreamingResponseAsync("x"))
        {
            Assert.Equal(1, _gate.InFlight);
            break;
        }
        Assert.Equal(0, _gate.InFlight);

        static async IAsyncEnumerable<ChatResponseUpdate> Endless()
        {
            while (true)
            {
                await Task.Yield();
                yield return ScriptedChatClient.Text("x");
            }
        }
    }

    [Fact]
    public async Task A_call_that_fails_gives_its_place_back()
    {
        IChatClient failing = new ChatClientBuilder(new ScriptedChatClient((_, _) => throw new TimeoutException())).UseConcurrencyLimit(_gate).Build();
        await Observation.OfStream(failing, "x");
        await Observation.OfPlain(failing, "x");
        Assert.Equal(0, _gate.InFlight);
    }
}
