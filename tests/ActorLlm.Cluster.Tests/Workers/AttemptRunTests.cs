using ActorLlm.Backends;
using ActorLlm.Cluster.Workers;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ActorLlm.Cluster.Tests.Workers;

public class AttemptRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset TakenAt = DateTimeOffset.UnixEpoch;
    private static readonly AttemptKey Key = new(ConversationId.Of("talk"), TurnId.Parse("turn-1"), 3);

    [Fact]
    public async Task A_fault_that_nobody_foresaw_is_logged_with_its_trace_and_where_it_happened()
    {
        var fault = new InvalidCastException("a slip of the pen");

        var (end, logged) = await RunAsync(fault);

        Assert.Equal(FailureKind.Content, end.Kind);
        var warning = Assert.IsType<Warning>(logged);
        Assert.Same(fault, warning.Cause);
        Assert.Equal("default/talk: attempt 3 of turn turn-1 ended in an unforeseen exception of backend flawed", warning.Message.ToString());
    }

    [Fact]
    public async Task A_failure_of_the_provider_is_told_without_alarm()
    {
        var (end, logged) = await RunAsync(new BackendException(new BackendFailure(BackendFailureKind.Provider, "It is busy.", 429)));

        Assert.Equal((FailureKind.Provider, "It is busy."), (end.Kind, end.Reason));
        Assert.Equal("default/talk: attempt 3 of turn turn-1 failed at backend flawed: It is busy.", Assert.IsType<Info>(logged).Message.ToString());
    }

    [Theory]
    [InlineData(402, null)]
    [InlineData(429, "insufficient_quota")]
    public async Task An_account_without_credit_is_no_passing_trouble_of_the_provider(int status, string? code)
    {
        var (end, _) = await RunAsync(new BackendException(BackendFailures.FromStatus(status, code: code)));

        Assert.Equal(FailureKind.NoCredit, end.Kind);
        Assert.Contains("must look at its account", end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_leaves_says_where_it_ran_when_it_was_taken_and_called_and_whom_it_called()
    {
        var (end, _) = await RunAsync(new BackendException(new BackendFailure(BackendFailureKind.Provider, "It is busy.", 429)));

        var trace = end.Trace!;
        Assert.Equal(("a:1", "flawed", "model", TakenAt, null), (trace.Node, trace.Backend, trace.Model, trace.TakenAt, trace.FirstTextAt));
        Assert.True(TakenAt < trace.CalledAt && trace.CalledAt <= trace.EndedAt, trace.ToString());
    }

    private static async Task<(AttemptEnd.Failed End, LogEvent Logged)> RunAsync(Exception thrown)
    {
        using var system = ActorSystem.Create("attempt", "akka { loglevel = INFO, stdout-loglevel = OFF, loggers = [] }");
        using var inbox = Inbox.Create(system);
        system.EventStream.Subscribe(inbox.Receiver, typeof(LogEvent));
        await using var services = new ServiceCollection()
            .AddActorLlmBackends(new ConfigurationBuilder().Build())
            .AddBackend("flawed", _ => new Throwing(thrown), "model")
            .BuildServiceProvider();
        var run = new AttemptRun(
            new RunAttempt(Key, TurnContent.Of("Hello"), []), Runtimes.Of(services.GetRequiredService<BackendCatalog>()),
            new BackendHealth(Logging.GetLogger(system, nameof(AttemptRunTests)), TimeProvider.System), new RunTrace("a:1", TakenAt));

        var end = Assert.IsType<AttemptEnd.Failed>(await run.ExecuteAsync());

        while (true)
        {
            if (await inbox.ReceiveAsync(Patience) is LogEvent { LogSource: var source } logged
                && source.StartsWith(nameof(AttemptRunTests), StringComparison.Ordinal)) return (end, logged);
        }
    }

    private sealed class Throwing(Exception thrown) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw thrown;

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw thrown;

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
