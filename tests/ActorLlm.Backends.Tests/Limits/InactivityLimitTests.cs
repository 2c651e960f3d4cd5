using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorLlm.Backends.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;

namespace ActorLlm.Backends.Tests.Limits;

public class InactivityLimitTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _clock = new();
    private readonly Channel<ChatResponseUpdate> _chunks = Channel.CreateUnbounded<ChatResponseUpdate>();
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private IChatClient Client(bool obedient = true) =>
        new ChatClientBuilder(new ScriptedChatClient((_, cancellation) => Chunks(obedient, cancellation)))
            .UseInactivityLimit(Limit, 2 * Limit, _clock).Build();

    private async IAsyncEnumerable<ChatResponseUpdate> Chunks(bool obedient, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = cancellation.Register(() => _cancelled.TrySetResult());
        try
        {
            await foreach (ChatResponseUpdate chunk in _chunks.Reader.ReadAllAsync(obedient ? cancellation : CancellationToken.None))
                yield return chunk;
        }
        finally
        {
            // An obedient reader may end, and take its registration with it, before the one who cancels has come to it.
            if (cancellation.IsCancellationRequested) _cancelled.TrySetResult();
        }
    }

    [Fact]
    public async Task A_stream_may_take_any_time_as_long_as_chunks_come()
    {
        await using IAsyncEnumerator<ChatResponseUpdate> stream = Client().GetStreamingResponseAsync("x").GetAsyncEnumerator();
        for (int i = 0; i < 100; i++)
        {
            ValueTask<bool> next = stream.MoveNextAsync();
            _clock.Advance(Limit - TimeSpan.FromMilliseconds(1));
            Assert.True(_chunks.Writer.TryWrite(ScriptedChatClient.Text("x")));
            Assert.True(await next);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Silence_fails_a_stream_and_cancels_the_call_whether_the_client_obeys_or_not(bool obedient)
    {
        await using IAsyncEnumerator<ChatResponseUpdate> stream = Client(obedient).GetStreamingResponseAsync("x").GetAsyncEnumerator();
        _chunks.Writer.TryWrite(ScriptedChatClient.Text("x"));
        Assert.True(await stream.MoveNextAsync());
        ValueTask<bool> next = stream.MoveNextAsync();
        _clock.Advance(Limit);
        BackendException thrown = await Assert.ThrowsAsync<BackendException>(() => next.AsTask());
        Assert.Equal("The backend sent nothing for 10 seconds.", thrown.Failure.Message);
        Assert.Equal(BackendFailureKind.Provider, thrown.Failure.Kind);
        await _cancelled.Task;
    }

    [Fact]
    public async Task Silence_before_the_first_chunk_counts()
    {
        Task<Observation> call = Observation.OfStream(Client(), "x");
        _clock.Advance(Limit);
        Assert.Equal(BackendFailureKind.Provider, (await call).Failure?.Kind);
    }

    [Fact]
    public async Task The_time_that_the_reader_takes_is_not_the_backends()
    {
        await using IAsyncEnumerator<ChatResponseUpdate> stream = Client().GetStreamingResponseAsync("x").GetAsyncEnumerator();
        _chunks.Writer.TryWrite(ScriptedChatClient.Text("x"));
        Assert.True(await stream.MoveNextAsync());
        _clock.Advance(10 * Limit);
        _chunks.Writer.TryWrite(ScriptedChatClient.End);
        Assert.True(await stream.MoveNextAsync());
    }

    [Fact]
    public async Task A_plain_call_has_a_limit_of_its_own()
    {
        Task<Observation> call = Observation.OfPlain(Client(obedient: false), "x");
        _clock.Advance(2 * Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("The backend sent nothing for 20 seconds.", (await call).Failure?.Message);
        await _cancelled.Task;
    }

    [Fact]
    public async Task A_caller_that_cancels_is_not_told_of_silence()
    {
        using var caller = new CancellationTokenSource();
        Task<Observation> stream = Observation.OfStream(Client(obedient: false), "x", caller.Token);
        await caller.CancelAsync();
        Assert.IsAssignableFrom<OperationCanceledException>((await stream).Thrown);
    }
}
