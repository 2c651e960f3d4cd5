using System.Collections.Immutable;
using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Domain.Routing;
using FsCheck;
using FsCheck.Fluent;
using Outcome = ActorLlm.Domain.Conversations.Outcome;

namespace ActorLlm.Serialization.Tests;

/// <summary>Random values of what events and messages are made of: any Unicode text, any number, everything optional there and not there.</summary>
internal abstract class ValueParts
{
    protected static readonly Gen<char> Visible = Gen.Choose('!', '~').Select(code => (char)code);

    protected static readonly Gen<string> Text = Gen.Frequency(
            (6, Gen.Choose(' ', '~')),
            (2, Gen.Choose(0, 0xD7FF)),
            (1, Gen.Choose(0xE000, 0xFFFF)),
            (2, Gen.Choose(0x10000, 0x10FFFF)))
        .Select(char.ConvertFromUtf32)
        .ArrayOf()
        .Select(string.Concat);

    protected static readonly Gen<TurnId> Turn =
        Gen.Choose(1, Limits.MaxIdLength).SelectMany(length => Visible.ArrayOf(length)).Select(id => TurnId.Parse(new string(id)));

    protected static readonly Gen<ConversationId> Conversation =
        from length in Gen.Choose(1, Limits.MaxTenantLength)
        from tenant in Visible.Where(c => c != '/').ArrayOf(length)
        from name in Turn
        select ConversationId.Of(new string(tenant), name.Value);

    // Any time that milliseconds since 1970 can tell, the time before it included.
    protected static readonly Gen<DateTimeOffset> Time = ArbMap.Default.GeneratorFor<long>()
        .Select(n => DateTimeOffset.UnixEpoch.AddMilliseconds(n % 60_000_000_000_000L));

    protected static readonly Gen<TimeSpan> Span = Gen.Choose(0, int.MaxValue).Select(n => TimeSpan.FromMilliseconds(n));
    protected static readonly Gen<int> Int = ArbMap.Default.GeneratorFor<int>();
    protected static readonly Gen<long> Long = ArbMap.Default.GeneratorFor<long>();
    protected static readonly Gen<double> Double = ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite);
    protected static readonly Gen<bool> Bool = Gen.Elements(true, false);

    protected static readonly Gen<ulong?> SpanId = Maybe(Long.Select(n => (ulong)n));

    protected static readonly Gen<TraceContext?> Context = Gen.OneOf(
        Gen.Constant<TraceContext?>(null),
        from high in Long
        from low in Long.Where(n => n != 0)
        from span in Long.Where(n => n != 0)
        select (TraceContext?)new TraceContext(new UInt128((ulong)high, (ulong)low), (ulong)span));

    protected static readonly Gen<ImagePart> Image =
        from at in Int
        from url in Text
        from detail in Text
        select new ImagePart(at, url, detail);

    protected static readonly Gen<ToolCall> Call =
        from id in Text
        from name in Text
        from arguments in Text
        select new ToolCall(id, name, arguments);

    protected static readonly Gen<Message> OneMessage =
        from role in Enum<Role>()
        from text in Text
        from images in List(Image)
        from calls in List(Call)
        from call in Text
        from name in Text
        select new Message(role, text) { Images = images, ToolCalls = calls, ToolCallId = call, Name = name };

    protected static readonly Gen<ImmutableArray<Message>> Messages = List(OneMessage);

    protected static readonly Gen<ToolDefinition> Tool =
        from name in Text
        from description in Text
        from parameters in Text
        from strict in Maybe(Bool)
        select new ToolDefinition(name, description, parameters, strict);

    protected static readonly Gen<ReplyFormat> Format =
        from kind in Enum<ReplyFormatKind>()
        from name in Text
        from description in Text
        from schema in Text
        from strict in Maybe(Bool)
        select new ReplyFormat(kind, name, description, schema, strict);

    protected static readonly Gen<GenerationSettings> Settings =
        from temperature in Maybe(Double)
        from topP in Maybe(Double)
        from max in Maybe(Int)
        from seed in Maybe(Long)
        from frequency in Maybe(Double)
        from presence in Maybe(Double)
        from stop in List(Text)
        from tools in List(Tool)
        from choice in Gen.OneOf(Gen.Constant<ToolChoice?>(null), Enum<ToolChoiceKind>().SelectMany(kind => Text.Select(name => (ToolChoice?)new ToolChoice(kind, name))))
        from parallel in Maybe(Bool)
        from format in Gen.OneOf(Gen.Constant<ReplyFormat?>(null), Format.Select(format => (ReplyFormat?)format))
        from passOn in Text
        select new GenerationSettings(temperature, topP, max, seed, frequency, presence, stop)
        {
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = parallel,
            Format = format,
            PassOn = passOn,
            MaxTokensByOldName = passOn.Length % 2 == 1,
        };

    protected static readonly Gen<TurnContent> Content =
        from model in Text
        from messages in Messages
        from settings in Gen.OneOf(Gen.Constant(GenerationSettings.Default), Settings)
        from instructions in Text
        from note in Text
        select new TurnContent(model, messages, settings) { Instructions = instructions, Note = note };

    protected static readonly Gen<Reply> Reply =
        from text in Text
        from model in Text
        from backend in Text
        from finish in Text
        from input in Maybe(Long)
        from output in Maybe(Long)
        from cached in Maybe(Long)
        from reasoning in Maybe(Long)
        from calls in List(Call)
        from refusal in Text
        from thought in Text
        from fingerprint in Text
        from tier in Text
        select new Reply(text, model, backend, finish, new Usage(input, output) { CachedInputTokens = cached, ReasoningTokens = reasoning })
        {
            ToolCalls = calls,
            Refusal = refusal,
            Reasoning = thought,
            SystemFingerprint = fingerprint,
            ServiceTier = tier,
        };

    protected static readonly Gen<Exchange> Exchange =
        from turn in Turn
        from messages in Messages
        from reply in Gen.OneOf(Gen.Constant<Reply?>(null), Reply.Select(reply => (Reply?)reply))
        from deleted in List(Int)
        select new Exchange(turn, messages, reply) { Deleted = deleted };

    protected static readonly Gen<Outcome> Outcome = Gen.OneOf(
        Reply.Select(reply => (Outcome)new Outcome.Committed(reply)),
        Enum<FailureKind>().SelectMany(kind => Text.Select(reason => (Outcome)new Outcome.Failed(kind, reason))),
        Gen.Constant((Outcome)Domain.Conversations.Outcome.Recorded.Instance),
        Enum<CancelledBy>().Select(by => (Outcome)new Outcome.Cancelled(by)));

    protected static readonly Gen<AttemptTrace?> Trace = Gen.OneOf(
        Gen.Constant<AttemptTrace?>(null),
        from node in Text
        from taken in Maybe(Time)
        from called in Maybe(Time)
        from first in Maybe(Time)
        from ended in Maybe(Time)
        from backend in Text
        from model in Text
        from input in Maybe(Long)
        from output in Maybe(Long)
        select (AttemptTrace?)new AttemptTrace(node)
        {
            TakenAt = taken,
            CalledAt = called,
            FirstTextAt = first,
            EndedAt = ended,
            Backend = backend,
            Model = model,
            InputTokens = input,
            OutputTokens = output,
        });

    protected static readonly Gen<AttemptEnd> End = Gen.OneOf(
        Reply.SelectMany(reply => Trace.Select(trace => (AttemptEnd)new AttemptEnd.Succeeded(reply) { Trace = trace })),
        from kind in Enum<FailureKind>()
        from reason in Text
        from wait in Maybe(Span)
        from trace in Trace
        select (AttemptEnd)new AttemptEnd.Failed(kind, reason, wait) { Trace = trace });

    protected static readonly Gen<AttemptKey> Key =
        from conversation in Conversation
        from turn in Turn
        from attempt in Int
        select new AttemptKey(conversation, turn, attempt);

    // Whole milliseconds within a day: a latency travels as a double.
    protected static readonly Gen<LoadReport> Load =
        from capacity in Int
        from inFlight in Int
        from latency in Gen.Choose(0, 86_400_000)
        from backends in List(
            from backend in Text
            from failures in Int
            from error in Text
            select new BackendLoad(backend, failures, error))
        select new LoadReport(capacity, inFlight, TimeSpan.FromMilliseconds(latency)) { Backends = backends };

    protected static Gen<T?> Maybe<T>(Gen<T> values) where T : struct =>
        Gen.OneOf(Gen.Constant<T?>(null), values.Select(value => (T?)value), Gen.Constant<T?>(default(T)));

    protected static Gen<ImmutableArray<T>> List<T>(Gen<T> values) =>
        Gen.Choose(0, 4).SelectMany(length => values.ArrayOf(length)).Select(items => ImmutableArray.Create(items));

    protected static Gen<T> Enum<T>() where T : struct, Enum => Gen.Elements(System.Enum.GetValues<T>());
}
