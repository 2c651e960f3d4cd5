using ActorLlm.Domain.Conversations;

namespace ActorLlm.Cluster;

/// <summary>How attempts and turns end, in the words of spans and labels.</summary>
internal static class Outcomes
{
    public const string Committed = "committed";
    public const string Succeeded = "succeeded";
    public const string Cancelled = "cancelled";
    public const string Dropped = "dropped";
    public const string Suspended = "suspended";

    public static string Of(FailureKind kind) => kind switch
    {
        FailureKind.Content => "content_failed",
        FailureKind.Provider => "provider_failed",
        FailureKind.WorkerLost => "worker_lost",
        FailureKind.Interrupted => "interrupted",
        FailureKind.Deadline => "deadline",
        FailureKind.AnswerUnusable => "answer_unusable",
        FailureKind.Module => "module_failed",
        FailureKind.NoCredit => "no_credit",
        _ => "other",
    };

    public static string Of(AttemptEnd end) => end switch
    {
        AttemptEnd.Failed failed => Of(failed.Kind),
        AttemptEnd.Suspended => Suspended,
        _ => Succeeded,
    };

    /// <summary>What a decision about an attempt's end comes to.</summary>
    public static string Of(ConversationEvent decided) => decided switch
    {
        ReplyCommitted => Committed,
        AttemptFailed failed => Of(failed.Kind),
        TurnFailed failed => Of(failed.Kind),
        AttemptSuspended => Suspended,
        _ => Cancelled,
    };
}
