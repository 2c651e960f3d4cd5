namespace ActorLlm.Domain.Tests;

public class ConversationPolicyTests
{
    public static TheoryData<string, ConversationPolicy, ConversationPolicy> Bounds => new()
    {
        { "MaxPendingTurns", new() { MaxPendingTurns = 1 }, new() { MaxPendingTurns = 0 } },
        { "MaxPendingTurns", new() { MaxPendingTurns = 1000 }, new() { MaxPendingTurns = 1001 } },
        { "MaxRememberedTurns", new() { MaxRememberedTurns = 2000 }, new() { MaxRememberedTurns = 1999 } },
        { "MaxRememberedTurns", new() { MaxRememberedTurns = 1_000_000 }, new() { MaxRememberedTurns = 1_000_001 } },
        { "Silence", new() { Silence = Seconds(3) }, new() { Silence = Seconds(2.999) } },
        { "RecoveryGrace", new() { RecoveryGrace = Seconds(0.1) }, new() { RecoveryGrace = Seconds(0.099) } },
        { "RecoveryGrace", new() { RecoveryGrace = Seconds(60) }, new() { RecoveryGrace = Seconds(60.001) } },
        { "Silence", new() { Silence = Seconds(600) }, new() { Silence = Seconds(600.001) } },
        { "MaxContentFailures", new() { MaxContentFailures = 1 }, new() { MaxContentFailures = 0 } },
        { "MaxContentFailures", new() { MaxContentFailures = 100 }, new() { MaxContentFailures = 101 } },
        { "MaxWorkerLosses", new() { MaxWorkerLosses = 1 }, new() { MaxWorkerLosses = 0 } },
        { "MaxWorkerLosses", new() { MaxWorkerLosses = 100 }, new() { MaxWorkerLosses = 101 } },
        { "TimeToLive", new() { TimeToLive = Seconds(1) }, new() { TimeToLive = Seconds(0.999) } },
        { "TimeToLive", new() { TimeToLive = TimeSpan.FromDays(30) }, new() { TimeToLive = TimeSpan.FromDays(31) } },
        { "RetryMin", new() { RetryMin = Seconds(0.01) }, new() { RetryMin = Seconds(0.009) } },
        { "RetryMin", new() { RetryMin = Seconds(60) }, new() { RetryMin = Seconds(60.001), RetryMax = Seconds(120) } },
        { "RetryMax", new() { RetryMin = Seconds(5), RetryMax = Seconds(5) }, new() { RetryMin = Seconds(5), RetryMax = Seconds(4) } },
        { "RetryMax", new() { RetryMax = TimeSpan.FromHours(1) }, new() { RetryMax = TimeSpan.FromHours(2) } },
    };

    [Fact]
    public void The_default_policy_is_valid() => Assert.Empty(ConversationPolicy.Default.Errors());

    [Theory]
    [MemberData(nameof(Bounds))]
    public void The_bound_is_allowed_and_beyond_it_the_setting_is_named(string setting, ConversationPolicy allowed, ConversationPolicy beyond)
    {
        Assert.Empty(allowed.Errors());
        var error = Assert.Single(beyond.Errors());
        Assert.StartsWith($"ActorLlm:Conversations:{setting} is ", error, StringComparison.Ordinal);
        Assert.Contains("allowed is", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_setting_is_told_at_once_with_its_value_and_range()
    {
        var errors = new ConversationPolicy { MaxPendingTurns = 0, MaxContentFailures = -3, TimeToLive = TimeSpan.Zero }.Errors().ToArray();

        Assert.Equal(
            [
                "ActorLlm:Conversations:MaxPendingTurns is 0; allowed is 1 to 1000.",
                "ActorLlm:Conversations:MaxContentFailures is -3; allowed is 1 to 100.",
                "ActorLlm:Conversations:TimeToLive is 00:00:00; allowed is 00:00:01 to 30.00:00:00.",
            ],
            errors);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
