using ActorLlm.Backends;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using static ActorLlm.Hosting.Tests.Turns;

namespace ActorLlm.Hosting.Tests;

/// <summary>What becomes of turns on one node, through the whole stack. The script is chosen by the prompt's first word.</summary>
public sealed class TurnTests : IClassFixture<TurnTests.OneNode>
{
    private readonly OneNode _node;

    public TurnTests(OneNode node) => _node = node;

    private IConversations Conversations => _node.Host.Conversations;

    [Fact]
    public async Task Turns_that_overlap_wait_for_each_other_and_the_model_is_told_what_was_said_before()
    {
        var gate = _node.GateOf("order-1");
        var first = Conversations.CompleteAsync(Turn("order", "1", "held order-1"));
        await Called("held order-1");
        var standing = await Conversations.SubmitAsync(Turn("order", "2", "echo order-2"));
        Assert.Equal(1, Assert.IsType<TurnPending>(standing).Ahead);
        Assert.Empty(_node.Log.Of("echo order-2"));

        gate.Open();
        await first.InTime();
        await Conversations.CompleteAsync(Turn("order", "2", "echo order-2")).InTime();

        var told = Assert.Single(_node.Log.Of("echo order-2")).Messages.Select(message => message.Text);
        Assert.Equal(["held order-1", "held order-1!", "echo order-2"], told);
        Assert.Single(_node.Log.Of("held order-1"));
    }

    [Fact]
    public async Task A_turn_that_rejects_overlap_is_refused_while_another_runs_and_leaves_no_trace()
    {
        var running = Conversations.CompleteAsync(Turn("reject", "1", "held reject-1"));
        await Called("held reject-1");

        var refused = await Assert.ThrowsAsync<TurnRejectedException>(() => Conversations.CompleteAsync(
            Turn("reject", "2", "echo reject-2") with { Overlap = OverlapPolicy.Reject }));

        Assert.Equal(RejectionCode.Busy, refused.Code);
        _node.GateOf("reject-1").Open();
        await running.InTime();
        Assert.Equal("echo reject-2!", (await Conversations.CompleteAsync(Turn("reject", "2", "echo reject-2")).InTime()).ReplyText());
    }

    [Fact]
    public async Task A_turn_that_interrupts_cancels_what_runs_and_what_waits()
    {
        var running = Conversations.CompleteAsync(Turn("interrupt", "1", "held interrupt-1"));
        await Called("held interrupt-1");
        var waiting = Conversations.CompleteAsync(Turn("interrupt", "2", "echo interrupt-2"));
        await Eventually.HoldsAsync("two turns pend", async () =>
            (await Conversations.GetAsync(ConversationId.Of("interrupt"))).Pending.Length == 2);

        var last = await Conversations.CompleteAsync(
            Turn("interrupt", "3", "echo interrupt-3") with { Overlap = OverlapPolicy.Interrupt }).InTime();

        Assert.Equal("echo interrupt-3!", last.ReplyText());
        var cancelled = new Outcome.Cancelled(CancelledBy.LaterTurn);
        Assert.Equal(cancelled, (await running.InTime()).Outcome);
        Assert.Equal(cancelled, (await waiting.InTime()).Outcome);
        Assert.Empty(_node.Log.Of("echo interrupt-2"));
        await Eventually.HoldsAsync("the interrupted call was broken off", () => _node.BrokenOff.Contains("held interrupt-1"));
    }

    [Fact]
    public async Task A_reply_that_comes_after_the_turn_was_cancelled_is_dropped()
    {
        var request = Turn("late", "1", "deaf late-1");
        var caller = Conversations.CompleteAsync(request);
        await Called("deaf late-1");

        var cancelled = await Conversations.CancelAsync(request.Conversation, request.Turn);
        _node.GateOf("late-1").Open();
        await Eventually.HoldsAsync("the late reply was made", () => _node.Finished.Contains("deaf late-1"));

        Assert.Equal(new Outcome.Cancelled(CancelledBy.Client), Assert.IsType<TurnSettled>(cancelled).Outcome);
        Assert.Equal(new Outcome.Cancelled(CancelledBy.Client), (await caller.InTime()).Outcome);
        Assert.Equal("echo late-2!", (await Conversations.CompleteAsync(Turn("late", "2", "echo late-2")).InTime()).ReplyText());
        var view = await Conversations.GetAsync(request.Conversation);
        Assert.Equal(["2"], view.History.Select(exchange => exchange.Turn.Value));
        Assert.Equal(2, view.TurnsSettled);
    }

    [Fact]
    public async Task Errors_of_content_end_the_turn_after_three_calls_and_say_why()
    {
        var settled = await Conversations.CompleteAsync(Turn("content", "1", "refused content-1")).InTime();

        var failed = Assert.IsType<Outcome.Failed>(settled.Outcome);
        Assert.Equal((FailureKind.Content, 3), (failed.Kind, settled.Attempts));
        Assert.Contains("the picture is upside down", failed.Reason, StringComparison.Ordinal);
        Assert.Equal(3, _node.Log.Of("refused content-1").Count);
        Assert.Equal("echo content-2!", (await Conversations.CompleteAsync(Turn("content", "2", "echo content-2")).InTime()).ReplyText());
    }

    [Fact]
    public async Task A_provider_that_asks_to_wait_is_left_alone_for_as_long()
    {
        var settled = await Conversations.CompleteAsync(Turn("wait", "1", "busy wait-1")).InTime();

        Assert.Equal("busy wait-1!", settled.ReplyText());
        Assert.Equal(2, settled.Attempts);
        var calls = _node.Log.Of("busy wait-1");
        Assert.InRange(TimeProvider.System.GetElapsedTime(calls[0].At, calls[1].At), OneNode.RetryAfter, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Provider_failures_do_not_use_the_turn_up()
    {
        var settled = await Conversations.CompleteAsync(Turn("outage", "1", "down outage-1")).InTime();

        Assert.Equal("down outage-1!", settled.ReplyText());
        Assert.Equal(6, _node.Log.Of("down outage-1").Count);
        Assert.Equal(6, settled.Attempts);
    }

    [Fact]
    public async Task A_client_that_hangs_is_ended_by_its_backends_limit_and_not_taken_for_a_lost_worker()
    {
        var request = Turn("hang", "1", "hung hang-1");
        var caller = Conversations.CompleteAsync(request);
        await Called("hung hang-1");
        var reasons = new HashSet<string>();
        await Eventually.HoldsAsync("the second call", async () =>
        {
            if (await Conversations.GetAsync(request.Conversation, request.Turn) is TurnPending { FailedAttempts: > 0 } pending) reasons.Add(pending.LastError);
            return caller.IsCompleted;
        });

        var settled = await caller;
        Assert.Equal(2, settled.Attempts);
        Assert.Equal([$"The backend sent nothing for {OneNode.Inactivity.TotalSeconds} seconds."], reasons);
    }

    [Fact]
    public async Task A_subscriber_who_comes_late_gets_the_text_from_its_beginning()
    {
        var request = Turn("stream", "1", "slow stream-1");
        var (seen, early) = Conversations.StreamAsync(request).Watch();
        await Eventually.HoldsAsync("the first half was streamed", () => seen.SoFar() == "slow");

        var (seenLate, late) = Conversations.StreamAsync(request).Watch();
        await Eventually.HoldsAsync("the first half was streamed again", () => seenLate.SoFar() == "slow");
        _node.GateOf("stream-1").Open();

        Assert.Equal("slow stream-1!", (await early.InTime()).TextOf());
        Assert.Equal("slow stream-1!", (await late.InTime()).TextOf());
        Assert.Equal("slow stream-1!", (await Conversations.StreamAsync(request).ToListAsync().AsTask().InTime()).TextOf());
        Assert.Single(_node.Log.Of("slow stream-1"));
    }

    [Fact]
    public async Task A_stream_that_joins_a_caller_who_only_waits_sees_the_text_grow()
    {
        var request = Turn("join", "1", "slow join-1");
        var waiting = Conversations.CompleteAsync(request);
        await Called("slow join-1");

        var (seen, all) = Conversations.StreamAsync(request).Watch();
        await Eventually.HoldsAsync("the first half was streamed", () => seen.SoFar() == "slow");
        _node.GateOf("join-1").Open();

        Assert.Equal("slow join-1!", (await all.InTime()).TextOf());
        Assert.Equal("slow join-1!", (await waiting.InTime()).ReplyText());
    }

    [Fact]
    public async Task Giving_up_the_wait_does_not_give_up_the_turn()
    {
        var request = Turn("impatient", "1", "held impatient-1");
        using var stop = new CancellationTokenSource();
        var caller = Conversations.CompleteAsync(request, stop.Token);
        await Called("held impatient-1");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        _node.GateOf("impatient-1").Open();

        Assert.Equal("held impatient-1!", (await Conversations.CompleteAsync(request).InTime()).ReplyText());
        Assert.Single(_node.Log.Of("held impatient-1"));
    }

    [Fact]
    public async Task A_turn_id_used_again_with_other_content_is_refused_while_it_runs_and_afterwards()
    {
        var running = Conversations.CompleteAsync(Turn("reuse", "1", "held reuse-1"));
        await Called("held reuse-1");

        var during = await Assert.ThrowsAsync<TurnRejectedException>(() => Conversations.CompleteAsync(Turn("reuse", "1", "echo other")));
        _node.GateOf("reuse-1").Open();
        await running.InTime();
        var after = await Assert.ThrowsAsync<TurnRejectedException>(() => Conversations.SubmitAsync(Turn("reuse", "1", "echo other")));

        Assert.Equal((RejectionCode.TurnIdReused, RejectionCode.TurnIdReused), (during.Code, after.Code));
        Assert.Empty(_node.Log.Of("echo other"));
    }

    [Fact]
    public async Task A_deadline_ends_a_turn_that_runs()
    {
        var settled = await Conversations.CompleteAsync(
            Turn("deadline", "1", "held deadline-1") with { Deadline = TimeSpan.FromMilliseconds(700) }).InTime();

        Assert.Equal(FailureKind.Deadline, Assert.IsType<Outcome.Failed>(settled.Outcome).Kind);
        await Eventually.HoldsAsync("the call was broken off", () => _node.BrokenOff.Contains("held deadline-1"));
    }

    [Fact]
    public async Task An_acknowledgement_is_durable_and_may_be_repeated()
    {
        var request = Turn("ack", "1", "echo ack-1");
        Assert.False((await Conversations.CompleteAsync(request).InTime()).Acknowledged);

        await Conversations.AcknowledgeAsync(request.Conversation, request.Turn);
        await Conversations.AcknowledgeAsync(request.Conversation, request.Turn);

        Assert.True(Assert.IsType<TurnSettled>(await Conversations.GetAsync(request.Conversation, request.Turn)).Acknowledged);
        var unknown = await Assert.ThrowsAsync<TurnRejectedException>(() =>
            Conversations.AcknowledgeAsync(request.Conversation, TurnId.Parse("other")));
        Assert.Equal(RejectionCode.NotFound, unknown.Code);
    }

    private Task Called(string prompt) => Eventually.HoldsAsync($"the model is asked '{prompt}'", () => _node.Log.Of(prompt).Count > 0);

    /// <summary>One node for all of these tests, as they use conversations of their own.</summary>
    public sealed class OneNode : IAsyncLifetime
    {
        public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

        /// <summary>Longer than the silence after which a worker counts as lost.</summary>
        public static readonly TimeSpan Inactivity = TimeSpan.FromSeconds(5);

        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Gate> _gates = new();

        internal CallLog Log { get; } = new();

        internal System.Collections.Concurrent.ConcurrentBag<string> Finished { get; } = [];

        internal System.Collections.Concurrent.ConcurrentBag<string> BrokenOff { get; } = [];

        internal TestHost Host { get; private set; } = null!;

        internal Gate GateOf(string name) => _gates.GetOrAdd(name, _ => new Gate());

        public async Task InitializeAsync() => Host = await TestHost.StartAsync(
            new ScriptedChatClient(Script, Log),
            configure: options => options.Conversations = new ConversationPolicy
            {
                Silence = TimeSpan.FromSeconds(3),
                RetryMin = TimeSpan.FromMilliseconds(50),
                RetryMax = TimeSpan.FromMilliseconds(500),
            },
            backend: options => options.InactivityTimeoutSeconds = Inactivity.TotalSeconds);

        public async Task DisposeAsync() => await Host.DisposeAsync();

        private async IAsyncEnumerable<string> Script(
            Call call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
        {
            var words = call.Prompt.Split(' ');
            switch (words[0])
            {
                case "held":
                    await HoldAsync(call.Prompt, GateOf(words[1]), stop);
                    break;
                case "deaf":
                    await GateOf(words[1]).PassAsync(CancellationToken.None);
                    break;
                case "refused":
                    throw new BackendException(new BackendFailure(BackendFailureKind.Content, "the picture is upside down", 400));
                case "busy" when call.Number == 1:
                    throw new BackendException(new BackendFailure(BackendFailureKind.Provider, "busy", 429, RetryAfter));
                case "down" when call.Number <= 5:
                    throw new BackendException(new BackendFailure(BackendFailureKind.Provider, "down", 503));
                case "hung" when call.Number == 1:
                    await Task.Delay(Timeout.Infinite, stop);
                    break;
                case "slow":
                    yield return "slow";
                    await GateOf(words[1]).PassAsync(stop);
                    yield return $" {words[1]}!";
                    yield break;
            }

            Finished.Add(call.Prompt);
            yield return $"{call.Prompt}!";
        }

        private async Task HoldAsync(string prompt, Gate gate, CancellationToken stop)
        {
            try
            {
                await gate.PassAsync(stop);
            }
            catch (OperationCanceledException)
            {
                BrokenOff.Add(prompt);
                throw;
            }
        }
    }
}
