using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

/// <summary>Steps of turns: what is stored of them, and what is said about them.</summary>
internal static class StepMapping
{
    public static ToolBegunProto ToProto(ToolBegun e) =>
        new() { Turn = e.Turn.Value, Attempt = e.Attempt, Key = e.Key, Name = e.Name, Arguments = e.Arguments, AtMs = e.At.Ms() };

    public static ToolBegun FromProto(ToolBegunProto p) => new(p.Turn.Turn(), p.Attempt, p.Key, p.Name, p.Arguments, p.AtMs.Time());

    public static ChildBegunProto ToProto(ChildBegun e) =>
        new() { Turn = e.Turn.Value, Attempt = e.Attempt, Key = e.Key, Content = e.Content.ToProto(), AtMs = e.At.Ms() };

    public static ChildBegun FromProto(ChildBegunProto p) =>
        new(p.Turn.Turn(), p.Attempt, p.Key, p.Content.Required("content").FromProto(), p.AtMs.Time());

    public static ApprovalBegunProto ToProto(ApprovalBegun e) =>
        new() { Turn = e.Turn.Value, Attempt = e.Attempt, Key = e.Key, Question = e.Question, AtMs = e.At.Ms() };

    public static ApprovalBegun FromProto(ApprovalBegunProto p) => new(p.Turn.Turn(), p.Attempt, p.Key, p.Question, p.AtMs.Time());

    public static StepEndedProto ToProto(StepEnded e) =>
        new() { Turn = e.Turn.Value, Key = e.Key, Outcome = (int)e.Outcome, Result = e.Result, By = e.By, AtMs = e.At.Ms() };

    public static StepEnded FromProto(StepEndedProto p) => new(p.Turn.Turn(), p.Key, (StepOutcome)p.Outcome, p.Result, p.By, p.AtMs.Time());

    public static ChildEndedProto ToProto(ChildEnded e) =>
        new() { Turn = e.Turn.Value, Key = e.Key, Outcome = (int)e.Outcome, Result = e.Result, AtMs = e.At.Ms() };

    public static ChildEnded FromProto(ChildEndedProto p) => new(p.Turn.Turn(), p.Key, (StepOutcome)p.Outcome, p.Result, p.AtMs.Time());

    public static AttemptSuspendedProto ToProto(AttemptSuspended e) =>
        new() { Turn = e.Turn.Value, Attempt = e.Attempt, AtMs = e.At.Ms(), Trace = e.Trace?.ToProto() };

    public static AttemptSuspended FromProto(AttemptSuspendedProto p) =>
        new(p.Turn.Turn(), p.Attempt, p.AtMs.Time()) { Trace = p.Trace?.FromProto() };

    public static TurnStepProto ToProto(this TurnStep step) =>
        new() { Request = ToProto(step.Request), Attempt = step.Attempt, BegunAtMs = step.BegunAt.Ms(), End = ToProto(step.End) };

    public static TurnStep FromProto(this TurnStepProto p) =>
        new(FromProto(p.Request.Required("request")), p.Attempt, p.BegunAtMs.Time(), FromProto(p.End));

    public static BeginStepProto ToProto(BeginStep m) => new() { Key = AttemptMapping.ToProto(m.Key), Step = ToProto(m.Step), Again = m.Again };

    public static BeginStep FromProto(BeginStepProto p) => new(AttemptMapping.FromProto(p.Key), FromProto(p.Step.Required("step")), p.Again);

    public static EndStepProto ToProto(EndStep m) =>
        new() { Key = AttemptMapping.ToProto(m.Key), Step = m.Step, Outcome = (int)m.Outcome, Result = m.Result };

    public static EndStep FromProto(EndStepProto p) => new(AttemptMapping.FromProto(p.Key), p.Step, (StepOutcome)p.Outcome, p.Result);

    public static StepStandingProto ToProto(StepStanding m) =>
        new() { Key = AttemptMapping.ToProto(m.Key), Step = m.Step, BegunBy = m.BegunBy, End = ToProto(m.End) };

    public static StepStanding FromProto(StepStandingProto p) => new(AttemptMapping.FromProto(p.Key), p.Step, p.BegunBy, FromProto(p.End));

    public static StepRefusedProto ToProto(StepRefused m) =>
        new() { Key = AttemptMapping.ToProto(m.Key), Step = m.Step, Stale = m.Stale, Reason = m.Reason };

    public static StepRefused FromProto(StepRefusedProto p) => new(AttemptMapping.FromProto(p.Key), p.Step, p.Stale, p.Reason);

    public static DecideApprovalProto ToProto(DecideApproval c) =>
        new() { Conversation = c.Conversation.Value, Turn = c.Turn.Value, Step = c.Step, Granted = c.Granted, By = c.By, Note = c.Note };

    public static DecideApproval FromProto(DecideApprovalProto p) => new(p.Conversation.Conversation(), p.Turn.Turn(), p.Step, p.Granted, p.By, p.Note);

    public static ConversationRefProto ToProto(GetApprovals m) => new() { Conversation = m.Conversation.Value };

    public static GetApprovals FromProto(ConversationRefProto p) => new(p.Conversation.Conversation());

    public static ApprovalListProto ToProto(ApprovalList list)
    {
        var proto = new ApprovalListProto { Conversation = list.Conversation.Value };
        proto.Approvals.AddRange(list.Approvals.Select(approval => new PendingApprovalProto
        {
            Turn = approval.Turn.Value,
            Step = approval.Step,
            Module = approval.Module,
            Question = approval.Question,
            AtMs = approval.At.Ms(),
        }));
        return proto;
    }

    public static ApprovalList FromProto(ApprovalListProto p) => new(
        p.Conversation.Conversation(),
        [.. p.Approvals.Select(approval => new PendingApproval(approval.Turn.Turn(), approval.Step, approval.Module, approval.Question, approval.AtMs.Time()))]);

    private static StepRequestProto ToProto(StepRequest step) =>
        new() { Key = step.Key, Kind = (int)step.Kind, Name = step.Name, Detail = step.Detail, Content = step.Content?.ToProto() };

    private static StepRequest FromProto(StepRequestProto p) => new(p.Key, (StepKind)p.Kind, p.Name, p.Detail) { Content = p.Content?.FromProto() };

    private static StepEndProto? ToProto(StepEnd? end) =>
        end is null ? null : new StepEndProto { Outcome = (int)end.Outcome, Result = end.Result, By = end.By, AtMs = end.At.Ms() };

    private static StepEnd? FromProto(StepEndProto? p) => p is null ? null : new StepEnd((StepOutcome)p.Outcome, p.Result, p.By, p.AtMs.Time());
}
