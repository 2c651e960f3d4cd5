using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

internal static class SnapshotMapping
{
    public static SnapshotProto ToProto(ConversationState state)
    {
        var proto = new SnapshotProto
        {
            Version = state.Version,
            SettledCount = state.SettledCount,
            Metadata = state.Metadata,
            Deleted = state.Deleted,
            Unwanted = { state.Unwanted.Select(child => new UnwantedChildProto { Turn = child.Turn.Value, Key = child.Key, Content = child.Content.ToProto() }) },
            MadeBy = state.MadeBy,
        };
        if (state.CreatedAt != DateTimeOffset.MinValue) proto.CreatedAtMs = state.CreatedAt.Ms();
        if (state.LastAccepted is { } last) proto.LastAccepted = last.Value;
        foreach (var turn in state.Pending) proto.Pending.Add(ToProto(turn));
        foreach (var exchange in state.History) proto.History.Add(exchange.ToProto());
        foreach (var id in state.SettledOrder) proto.Settled.Add(ToProto(id, state.Settled[id]));
        return proto;
    }

    public static ConversationState FromProto(SnapshotProto proto)
    {
        var history = proto.History.Select(exchange => exchange.FromProto()).ToArray();
        var settled = proto.Settled.Select(FromProto).ToArray();
        return new ConversationState
        {
            Version = proto.Version,
            SettledCount = proto.SettledCount,
            CreatedAt = proto.HasCreatedAtMs ? proto.CreatedAtMs.Time() : DateTimeOffset.MinValue,
            LastAccepted = proto.HasLastAccepted ? proto.LastAccepted.Turn() : null,
            Metadata = proto.Metadata,
            Deleted = proto.Deleted,
            MadeBy = proto.MadeBy,
            Pending = [.. proto.Pending.Select(FromProto)],
            Unwanted = [.. proto.Unwanted.Select(child => new UnwantedChild(child.Turn.Turn(), child.Key, child.Content.Required("content").FromProto()))],
            History = [.. history],
            HistoryTurns = history.Length,
            HistoryBytes = history.Sum(ConversationState.BytesOf),
            Settled = settled.ToImmutableDictionary(),
            SettledOrder = [.. settled.Select(pair => pair.Key)],
        };
    }

    private static PendingTurnProto ToProto(PendingTurn turn)
    {
        var proto = new PendingTurnProto
        {
            Turn = turn.Id.Value,
            Content = turn.Content.ToProto(),
            AcceptedAtMs = turn.AcceptedAt.Ms(),
            FailedAttempts = turn.FailedAttempts,
            ContentFailures = turn.ContentFailures,
            WorkerLosses = turn.WorkerLosses,
            ProviderFailures = turn.ProviderFailures,
            LastError = turn.LastError,
            AcceptedNr = turn.AcceptedNr,
            SuspendedAttempts = turn.SuspendedAttempts,
            IsSuspended = turn.IsSuspended,
        };
        foreach (var step in turn.Steps) proto.Steps.Add(step.ToProto());
        if (turn.Deadline is { } deadline) proto.DeadlineMs = deadline.Ms();
        if (turn.ProviderFailingSince is { } since) proto.ProviderFailingSinceMs = since.Ms();
        if (turn.NotBefore != DateTimeOffset.MinValue) proto.NotBeforeMs = turn.NotBefore.Ms();
        if (turn.Trace is { } trace) proto.Trace = trace.ToProto();
        if (turn.FailedSpanId is { } span) proto.FailedSpanId = span;
        return proto;
    }

    private static PendingTurn FromProto(PendingTurnProto p)
    {
        var content = p.Content.Required("content").FromProto();
        return new PendingTurn(
            p.Turn.Turn(), content, content.Fingerprint(), p.AcceptedAtMs.Time(), p.HasDeadlineMs ? p.DeadlineMs.Time() : null)
        {
            FailedAttempts = p.FailedAttempts,
            ContentFailures = p.ContentFailures,
            WorkerLosses = p.WorkerLosses,
            ProviderFailures = p.ProviderFailures,
            ProviderFailingSince = p.HasProviderFailingSinceMs ? p.ProviderFailingSinceMs.Time() : null,
            LastError = p.LastError,
            AcceptedNr = p.AcceptedNr,
            SuspendedAttempts = p.SuspendedAttempts,
            IsSuspended = p.IsSuspended,
            Steps = [.. p.Steps.Select(step => step.FromProto())],
            NotBefore = p.HasNotBeforeMs ? p.NotBeforeMs.Time() : DateTimeOffset.MinValue,
            Trace = p.Trace.Trace(),
            FailedSpanId = p.HasFailedSpanId ? p.FailedSpanId : null,
        };
    }

    private static SettledTurnProto ToProto(TurnId id, SettledTurn turn) => new()
    {
        Turn = id.Value,
        FingerprintHigh = (ulong)(turn.Fingerprint >> 64),
        FingerprintLow = (ulong)turn.Fingerprint,
        SequenceNr = turn.SequenceNr,
        Attempts = turn.Attempts,
        Ending = turn.Ending?.ToProto(),
        Acknowledged = turn.Acknowledged,
        AtMs = turn.At.Ms(),
        AcceptedNr = turn.AcceptedNr,
        Deleted = turn.Deleted,
    };

    private static KeyValuePair<TurnId, SettledTurn> FromProto(SettledTurnProto p) => new(
        p.Turn.Turn(),
        new SettledTurn(
            new UInt128(p.FingerprintHigh, p.FingerprintLow), p.SequenceNr, p.Attempts, p.Ending?.FromProto(), p.Acknowledged, p.AtMs.Time())
        {
            AcceptedNr = p.AcceptedNr,
            Deleted = p.Deleted,
        });
}
