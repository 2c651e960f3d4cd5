using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Backends.Simulation;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Hosting.Tests;

/// <summary>Direct calls in a host that is not even started: they need its backends and nothing else of it.</summary>
public sealed class DirectCallsTests
{
    [Fact]
    public async Task Pieces_come_as_the_backend_sends_them_and_the_end_has_all_but_the_text()
    {
        var gate = new Gate();
        await using var services = Services(Script);
        await using var updates = Calls(services).StreamAsync(TurnContent.Of("hi")).GetAsyncEnumerator();

        Assert.True(await updates.MoveNextAsync());
        Assert.Equal(new DirectUpdate.Text("one"), updates.Current);
        gate.Open();
        Assert.True(await updates.MoveNextAsync().AsTask().InTime());
        Assert.Equal(new DirectUpdate.Text(" two"), updates.Current);
        Assert.True(await updates.MoveNextAsync());
        var reply = Assert.IsType<DirectUpdate.Ended>(updates.Current).Reply;
        Assert.Equal(("", "scripted-model", "scripted", "stop", new Usage(3, 2)), (reply.Text, reply.Model, reply.Backend, reply.FinishReason, reply.Usage));
        Assert.False(await updates.MoveNextAsync());

        async IAsyncEnumerable<string> Script(string prompt, [EnumeratorCancellation] CancellationToken stop)
        {
            yield return "one";
            await gate.PassAsync(stop);
            yield return " two";
        }
    }

    [Fact]
    public async Task What_the_model_thinks_comes_in_pieces_of_its_own()
    {
        await using var services = Services(new SimulatorChatClient(new SimulatorEngine(new SimulatorOptions { ReplyTokens = 2 }, TimeProvider.System)));

        var updates = await Calls(services).StreamAsync(TurnContent.Of("hi [[reply reasoning=3]]")).ToListAsync();

        Assert.Equal(3, Assert.IsType<DirectUpdate.Reasoning>(updates[0]).Delta.Split(' ').Length);
        Assert.Equal("[simulator] You", string.Concat(updates.OfType<DirectUpdate.Text>().Select(text => text.Delta)));
        Assert.Equal(("", ""), Assert.IsType<DirectUpdate.Ended>(updates[^1]).Reply is var reply ? (reply.Text, reply.Reasoning) : default);
    }

    [Fact]
    public async Task Thoughts_count_towards_the_most_that_a_reply_may_have()
    {
        await using var services = Services(new SimulatorChatClient(new SimulatorEngine(new SimulatorOptions(), TimeProvider.System)));

        await ReadAsync(services, TurnContent.Of("hi [[reply tokens=100000]]"));
        await Assert.ThrowsAsync<DirectCallException>(() => ReadAsync(services, TurnContent.Of("hi [[reply tokens=100000 reasoning=100000]]")));
    }

    [Fact]
    public async Task Cancelling_a_call_cancels_the_backends_work()
    {
        var ended = new TaskCompletionSource();
        await using var services = Services(Script);
        using var cancel = new CancellationTokenSource();
        await using var updates = Calls(services).StreamAsync(TurnContent.Of("hi"), cancel.Token).GetAsyncEnumerator();

        Assert.True(await updates.MoveNextAsync());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => updates.MoveNextAsync().AsTask().InTime());
        await ended.Task.InTime();

        async IAsyncEnumerable<string> Script(string prompt, [EnumeratorCancellation] CancellationToken stop)
        {
            using var watch = stop.Register(ended.SetResult);
            yield return "one";
            await Task.Delay(Timeout.Infinite, stop);
        }
    }

    public static TheoryData<Exception, FailureKind, int?, string> Failures => new()
    {
        { new BackendException(new BackendFailure(BackendFailureKind.Provider, "busy", 429, TimeSpan.FromSeconds(9))), FailureKind.Provider, 429, "busy" },
        { new BackendException(new BackendFailure(BackendFailureKind.Content, "refused", 400)), FailureKind.Content, 400, "refused" },
        { new HttpRequestException("no route"), FailureKind.Provider, null, "The connection to the backend failed or broke." },
        { new TimeoutException(), FailureKind.Provider, null, "The backend did not answer in time." },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_is_told_once_with_what_the_backend_said_of_it_and_not_tried_again(
        Exception thrown, FailureKind kind, int? status, string message)
    {
        var client = new ScriptedChatClient((_, _) => throw thrown);
        await using var services = Services(client);

        var failure = await Assert.ThrowsAsync<DirectCallException>(() => ReadAsync(services, TurnContent.Of("hi")));

        Assert.Equal((kind, status, message), (failure.Kind, failure.Status, failure.Message));
        Assert.Equal((thrown as BackendException)?.Failure.RetryAfter, failure.RetryAfter);
        Assert.Equal(1, client.Calls);
    }

    [Fact]
    public async Task A_fault_that_nobody_foresaw_is_thrown_as_it_is()
    {
        await using var services = Services(new ScriptedChatClient((_, _) => throw new InvalidOperationException("a bug")));

        await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(services, TurnContent.Of("hi")));
    }

    [Fact]
    public async Task A_model_that_no_backend_has_is_404_and_content_that_is_not_valid_is_refused()
    {
        await using var services = Services(ScriptedChatClient.Echo());

        var unknown = await Assert.ThrowsAsync<DirectCallException>(() => ReadAsync(services, TurnContent.Of("hi") with { Model = "other" }));
        await Assert.ThrowsAsync<TurnRejectedException>(() => ReadAsync(services, new TurnContent("", [], GenerationSettings.Default)));

        Assert.Equal((FailureKind.Content, 404), (unknown.Kind, unknown.Status));
    }

    [Fact]
    public async Task An_answer_without_an_end_is_broken_off()
    {
        var piece = new string('x', 64 * 1024);
        await using var services = Services(new ScriptedChatClient((_, _) => Enumerable.Repeat(piece, 1_000_000).ToAsyncEnumerable()));

        var failure = await Assert.ThrowsAsync<DirectCallException>(() => ReadAsync(services, TurnContent.Of("hi")));

        Assert.Contains($"{Limits.MaxReplyBytes}", failure.Message, StringComparison.Ordinal);
    }

    private static IDirectCalls Calls(IServiceProvider services) => services.GetRequiredService<IDirectCalls>();

    private static async Task ReadAsync(IServiceProvider services, TurnContent content)
    {
        await foreach (var update in Calls(services).StreamAsync(content)) Assert.NotNull(update);
    }

    private static ServiceProvider Services(Func<string, CancellationToken, IAsyncEnumerable<string>> script) => Services(new ScriptedChatClient(script));

    private static ServiceProvider Services(IChatClient client)
    {
        var services = new ServiceCollection();
        services.AddBackend("scripted", _ => client, "scripted-model");
        services.AddActorLlmServices(new ConfigurationBuilder().Build());
        return services.BuildServiceProvider();
    }
}
