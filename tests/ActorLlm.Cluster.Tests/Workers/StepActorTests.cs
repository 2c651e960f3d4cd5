using ActorLlm.Cluster.Workers;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using Akka.Actor;

namespace ActorLlm.Cluster.Tests.Workers;

/// <summary>Words on steps, sent until they are answered.</summary>
public sealed class StepActorTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly AttemptKey Key = new(ConversationId.Of("talk"), TurnId.Parse("1"), 2);
    private static readonly StepRequest Tool = new("k", StepKind.Tool, "pay", "5");

    private readonly ActorSystem _system = ActorSystem.Create("words", "akka { loglevel = WARNING, stdout-loglevel = OFF }");
    private readonly CancellationTokenSource _stop = new();
    private Inbox _region = null!;
    private IActorRef _steps = null!;

    public Task InitializeAsync()
    {
        _region = Inbox.Create(_system);
        var region = _region.Receiver;
        _steps = _system.ActorOf(Props.Create(() => new StepActor(region, TimeProvider.System, new Random(7))));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _system.Terminate();

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_word_is_sent_again_until_it_is_answered()
    {
        var answer = Say(new BeginStep(Key, Tool, Again: false));
        Assert.IsType<BeginStep>(await _region.ReceiveAsync(Patience));
        Assert.IsType<BeginStep>(await _region.ReceiveAsync(Patience));

        _steps.Tell(new StepStanding(Key, "k", 2, null));

        Assert.Equal(new StepStanding(Key, "k", 2, null), await answer.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_late_answer_to_the_beginning_is_none_to_the_end()
    {
        var answer = Say(new EndStep(Key, "k", StepOutcome.Done, "paid"));

        _steps.Tell(new StepStanding(Key, "k", 2, null));
        _steps.Tell(new StepStanding(Key, "another", 2, End("other")));
        _steps.Tell(new StepStanding(Key with { Attempt = 1 }, "k", 2, End("older")));
        _steps.Tell(new StepStanding(Key, "k", 2, End("paid")));

        Assert.Equal("paid", Assert.IsType<StepStanding>(await answer.WaitAsync(Patience)).End!.Result);
    }

    [Fact]
    public async Task That_another_attempt_began_it_is_no_answer_to_the_wish_to_call_once_more()
    {
        var answer = Say(new BeginStep(Key, Tool, Again: true));

        _steps.Tell(new StepStanding(Key, "k", 1, null));
        _steps.Tell(new StepStanding(Key, "k", 2, null));

        Assert.Equal(2, Assert.IsType<StepStanding>(await answer.WaitAsync(Patience)).BegunBy);
    }

    [Fact]
    public async Task What_a_tool_did_is_said_although_its_attempt_is_over()
    {
        _ = Say(new EndStep(Key, "k", StepOutcome.Done, "paid"));
        Assert.IsType<EndStep>(await _region.ReceiveAsync(Patience));

        await _stop.CancelAsync();

        Assert.IsType<EndStep>(await _region.ReceiveAsync(Patience));
    }

    private static StepEnd End(string result) => new(StepOutcome.Done, result, "", DateTimeOffset.UnixEpoch);

    private Task<AttemptMessage> Say(AttemptMessage message)
    {
        var answer = new TaskCompletionSource<AttemptMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _steps.Tell(new StepWord(message, "k", answer, _stop.Token));
        return answer.Task;
    }
}
