namespace ActorLlm.Domain;

/// <summary>
/// A place in a trace, as W3C Trace Context numbers it: what is done for a request, on any node and after any crash, is told in that request's
/// trace. There is one only where somebody records the trace; decisions never look at it.
/// </summary>
/// <param name="TraceId">The trace; never 0.</param>
/// <param name="SpanId">The span within it under which what follows belongs; never 0.</param>
public sealed record TraceContext(UInt128 TraceId, ulong SpanId);
