using System.Runtime.CompilerServices;
using ActorLlm.Backends;
using ActorLlm.Cluster.Workers;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Cluster.Tests.Workers;

/// <summary>What becomes of an attempt by what its module does.</summary>
public sealed class ModuleAttemptTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly AttemptKey Key = new(ConversationId.Of("talk"), TurnId.Parse("turn-1"), 1);

    private readonly ActorSystem _system = ActorSystem.Create("module", "akka { loglevel = OFF, stdout-loglevel = OFF, loggers = [] }");
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddActorLlmBackends(new ConfigurationBuilder().Build())
        .AddBackend("counting", _ => new Counting(), "model", "other")
        .BuildServiceProvider();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _system.Terminate();
    }

    [Fact]
    public async Task What_it_yields_is_the_reply_in_its_name()
    {
        var end = await RunAsync((turn, _) => Yield(ModuleReply.Text("Hello, "), ModuleReply.Text(turn.Messages[^1].Text), ModuleReply.End()));

        var reply = Assert.IsType<AttemptEnd.Succeeded>(end).Reply;
        Assert.Equal(("Hello, Ada", "test", "module:test", "stop"), (reply.Text, reply.Model, reply.Backend, reply.FinishReason));
    }

    [Fact]
    public async Task It_is_given_the_turn_its_history_and_how_to_generate()
    {
        ModuleTurn? seen = null;
        var history = new Exchange(TurnId.Parse("turn-0"), [new Message(Role.User, "Before")], new Reply("After", "m", "b", "stop", new Usage(null, null)));
        var content = TurnContent.Of("Now") with { Instructions = "Be brief.", Settings = GenerationSettings.Default with { Temperature = 0.5 } };

        await RunAsync((turn, _) =>
        {
            seen = turn;
            return Yield(ModuleReply.Text("x"), ModuleReply.End());
        }, new RunAttempt(Key with { Attempt = 2 }, content, [history]));

        Assert.Equal(("test", Key.Conversation, Key.Turn, 2, content), (seen!.Module, seen.Conversation, seen.Turn, seen.Attempt, seen.Content));
        Assert.Equal([history], seen.History);
        Assert.Equal(["Be brief.", "Before", "After", "Now"], seen.Messages.Select(message => message.Text));
        Assert.Equal(0.5f, seen.Options.Temperature);
    }

    [Fact]
    public async Task Its_client_calls_the_backends_and_what_all_calls_used_is_the_replys_usage()
    {
        var end = await RunAsync(TwiceAsync);

        var reply = Assert.IsType<AttemptEnd.Succeeded>(end).Reply;
        Assert.Equal("model: one, other: two", reply.Text);
        Assert.Equal((20, 4), (reply.Usage.InputTokens, reply.Usage.OutputTokens));

        static async IAsyncEnumerable<ChatResponseUpdate> TwiceAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken stop)
        {
            var first = await turn.Client.GetResponseAsync("one", cancellationToken: stop);
            yield return ModuleReply.Text($"{first.Text}, ");
            await foreach (var update in turn.Client.GetStreamingResponseAsync("two", new ChatOptions { ModelId = "other" }, stop)) yield return update;
        }
    }

    [Fact]
    public async Task One_that_throws_fails_the_attempt_and_tells_the_client_no_more_than_the_exceptions_type()
    {
        var failed = await FailAsync((_, _) => throw new InvalidOperationException("the password is 'secret'"));

        Assert.Equal((FailureKind.Module, "The module 'test' threw InvalidOperationException; the log of the worker's node has the details."), (failed.Kind, failed.Reason));
        Assert.False(failed.Final);
    }

    [Fact]
    public async Task One_that_throws_in_the_middle_fails_the_attempt()
    {
        var failed = await FailAsync(HalfAsync);

        Assert.Equal(FailureKind.Module, failed.Kind);

        static async IAsyncEnumerable<ChatResponseUpdate> HalfAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken stop)
        {
            yield return ModuleReply.Text("Half");
            await Task.Yield();
            throw new FormatException();
        }
    }

    [Fact]
    public async Task One_that_refuses_the_content_ends_the_turn_with_its_reason()
    {
        var failed = await FailAsync((_, _) => throw new ContentRefusedException("the report has no date"));

        Assert.Equal((FailureKind.Content, "The module 'test' refused the request: the report has no date", true), (failed.Kind, failed.Reason, failed.Final));
    }

    [Fact]
    public async Task A_failure_of_its_backend_is_the_providers_as_in_a_chat()
    {
        var failed = await FailAsync((turn, stop) => turn.Client.GetStreamingResponseAsync("busy", cancellationToken: stop));

        Assert.Equal((FailureKind.Provider, "In the module 'test': It is busy.", TimeSpan.FromSeconds(7)), (failed.Kind, failed.Reason, failed.RetryAfter));
    }

    [Fact]
    public async Task A_model_that_nobody_serves_is_the_modules_own_fault() =>
        Assert.Equal(FailureKind.Module, (await FailAsync((turn, stop) =>
            turn.Client.GetStreamingResponseAsync("x", new ChatOptions { ModelId = "nonesuch" }, stop))).Kind);

    [Fact]
    public async Task One_that_answers_with_nothing_fails_the_attempt()
    {
        Assert.Equal((FailureKind.Module, "The module 'test' answered with nothing."), Told(await FailAsync((_, _) => Yield())));
        Assert.Equal((FailureKind.Module, "The module 'test' answered with nothing."), Told(await FailAsync((_, _) => Yield(ModuleReply.Text(""), ModuleReply.End()))));
    }

    [Fact]
    public async Task One_that_ends_without_saying_so_fails_the_attempt() => Assert.Equal(
        (FailureKind.Module, "The module 'test' ended without a finish reason: its reply may be cut short."), Told(await FailAsync((_, _) => Yield(ModuleReply.Text("Half")))));

    [Fact]
    public async Task One_that_writes_without_end_is_broken_off()
    {
        var failed = await FailAsync(EndlessAsync);

        Assert.Equal((FailureKind.Module, $"The module 'test' wrote more than {Limits.MaxReplyBytes} characters and was broken off."), Told(failed));

        static async IAsyncEnumerable<ChatResponseUpdate> EndlessAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken stop)
        {
            while (true)
            {
                await Task.Yield();
                stop.ThrowIfCancellationRequested();
                yield return ModuleReply.Text(new string('x', 64 * 1024));
            }
        }
    }

    [Fact]
    public async Task One_that_hangs_is_stopped_by_its_timeout()
    {
        var failed = await FailAsync(HangAsync, timeout: TimeSpan.FromMilliseconds(200));

        Assert.Equal((FailureKind.Module, "The module 'test' did not end within 00:00:00.2000000 and was stopped."), Told(failed));

        static async IAsyncEnumerable<ChatResponseUpdate> HangAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken stop)
        {
            await Task.Delay(Timeout.Infinite, stop);
            yield break;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_heeds_nothing_ends_its_attempt_all_the_same_and_is_known_to_go_on(bool blocks)
    {
        using var open = new ManualResetEventSlim();
        var (run, served) = Prepare((_, _) => DeafAsync(open, blocks), TimeSpan.FromMilliseconds(200));

        var end = await run.ExecuteAsync().WaitAsync(Patience);

        Assert.Equal(FailureKind.Module, Assert.IsType<AttemptEnd.Failed>(end).Kind);
        Assert.False(run.Left.IsCompleted);
        open.Set();
        await run.Left.WaitAsync(Patience);
        Assert.Equal("test", served.Name);
    }

    [Fact]
    public async Task One_whose_worker_is_asked_to_stop_is_told_and_its_attempt_is_handed_back()
    {
        var entered = new TaskCompletionSource();
        var (run, _) = Prepare(WaitAsync, Patience);

        var end = run.ExecuteAsync();
        await entered.Task.WaitAsync(Patience);
        run.Stop();

        Assert.Equal(FailureKind.Interrupted, Assert.IsType<AttemptEnd.Failed>(await end.WaitAsync(Patience)).Kind);
        await run.Left.WaitAsync(Patience);

        async IAsyncEnumerable<ChatResponseUpdate> WaitAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken stop)
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, stop);
            yield break;
        }
    }

    private static (FailureKind, string) Told(AttemptEnd.Failed failed) => (failed.Kind, failed.Reason);

    private static async IAsyncEnumerable<ChatResponseUpdate> DeafAsync(ManualResetEventSlim open, bool blocks)
    {
        if (blocks) open.Wait();
        else while (!open.IsSet) await Task.Delay(5);
        yield break;
    }

    private static IAsyncEnumerable<ChatResponseUpdate> Yield(params ChatResponseUpdate[] updates) => updates.ToAsyncEnumerable();

    private async Task<AttemptEnd.Failed> FailAsync(Func<ModuleTurn, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer, TimeSpan? timeout = null) =>
        Assert.IsType<AttemptEnd.Failed>(await RunAsync(answer, timeout: timeout));

    private Task<AttemptEnd> RunAsync(
        Func<ModuleTurn, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer, RunAttempt? request = null, TimeSpan? timeout = null) =>
        Prepare(answer, timeout ?? Patience, request).Run.ExecuteAsync().WaitAsync(Patience);

    private (AttemptRun Run, ServedModule Module) Prepare(
        Func<ModuleTurn, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer, TimeSpan timeout, RunAttempt? request = null)
    {
        var served = new ServedModule("test", new ModuleOptions { Timeout = timeout, Model = "model" }, new Scripted(answer));
        var health = new BackendHealth(Logging.GetLogger(_system, nameof(ModuleAttemptTests)), TimeProvider.System);
        var runtime = Runtimes.Of(_services.GetRequiredService<BackendCatalog>());
        return (new AttemptRun(
            request ?? new RunAttempt(Key, TurnContent.Of("Ada"), []), runtime, health, new RunTrace("a:1", DateTimeOffset.UnixEpoch), served), served);
    }

    private sealed class Scripted(Func<ModuleTurn, CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> answer) : IModule
    {
        public IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, CancellationToken cancellationToken) => answer(turn, cancellationToken);
    }

    private sealed class Counting : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            var text = messages.Last().Text;
            if (text == "busy") throw new BackendException(new BackendFailure(BackendFailureKind.Provider, "It is busy.", 429, TimeSpan.FromSeconds(7)));
            yield return new ChatResponseUpdate(ChatRole.Assistant, $"{options?.ModelId}: {text}");
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 10, OutputTokenCount = 2 })])
            {
                FinishReason = ChatFinishReason.Stop,
            };
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
