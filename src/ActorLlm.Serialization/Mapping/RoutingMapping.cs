using ActorLlm.Domain.Routing;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

internal static class RoutingMapping
{
    public static LoadReportProto ToProto(LoadReport r) =>
        new() { Capacity = r.Capacity, InFlight = r.InFlight, LatencyMs = r.Latency.TotalMilliseconds };

    public static LoadReport FromProto(LoadReportProto p) => new(p.Capacity, p.InFlight, TimeSpan.FromMilliseconds(p.LatencyMs));

    public static WorkerListProto ToProto(WorkerList list)
    {
        var proto = new WorkerListProto();
        proto.Workers.AddRange(list.Workers.Select(worker => new WorkerProto
        {
            Address = worker.Address,
            Capacity = worker.Load.Capacity,
            InFlight = worker.Load.InFlight,
            LatencyMs = worker.Load.Latency.TotalMilliseconds,
        }));
        return proto;
    }

    public static WorkerList FromProto(WorkerListProto p) => new(
        [.. p.Workers.Select(w => new WorkerEntry(w.Address, new LoadReport(w.Capacity, w.InFlight, TimeSpan.FromMilliseconds(w.LatencyMs))))]);
}
