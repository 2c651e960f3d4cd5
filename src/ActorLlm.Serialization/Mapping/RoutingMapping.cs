using ActorLlm.Domain.Routing;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

internal static class RoutingMapping
{
    public static LoadReportProto ToProto(LoadReport r)
    {
        var proto = new LoadReportProto { Capacity = r.Capacity, InFlight = r.InFlight, LatencyMs = r.Latency.TotalMilliseconds };
        proto.Backends.AddRange(r.Backends.Select(ToProto));
        proto.Stations.AddRange(r.Stations.Select(CapacityMapping.ToProto));
        proto.Modules.AddRange(r.Modules.Select(ToProto));
        return proto;
    }

    public static LoadReport FromProto(LoadReportProto p) => new(p.Capacity, p.InFlight, TimeSpan.FromMilliseconds(p.LatencyMs))
    {
        Backends = [.. p.Backends.Select(FromProto)],
        Stations = [.. p.Stations.Select(CapacityMapping.FromProto)],
        Modules = [.. p.Modules.Select(FromProto)],
    };

    public static WorkerListProto ToProto(WorkerList list)
    {
        var proto = new WorkerListProto();
        proto.Workers.AddRange(list.Workers.Select(ToProto));
        return proto;
    }

    public static WorkerList FromProto(WorkerListProto p) => new(
        [.. p.Workers.Select(w => new WorkerEntry(w.Address, new LoadReport(w.Capacity, w.InFlight, TimeSpan.FromMilliseconds(w.LatencyMs))
        {
            Backends = [.. w.Backends.Select(FromProto)],
            Modules = [.. w.Modules.Select(FromProto)],
        }))]);

    public static NodeStandingProto ToProto(NodeStanding s) => new() { TimeMs = s.Time.Ms(), Held = s.Held, Draining = s.Draining };

    public static NodeStanding FromProto(NodeStandingProto p) => new(p.TimeMs.Time(), p.Held, p.Draining);

    public static UnfinishedListProto ToProto(UnfinishedList list)
    {
        var proto = new UnfinishedListProto { Conversations = list.Conversations };
        proto.Since.AddRange(list.Since);
        return proto;
    }

    public static UnfinishedList FromProto(UnfinishedListProto p) => new(p.Conversations, [.. p.Since]);

    public static AskingListProto ToProto(AskingList list)
    {
        var proto = new AskingListProto();
        proto.Conversations.AddRange(list.Conversations);
        return proto;
    }

    public static AskingList FromProto(AskingListProto p) => new([.. p.Conversations]);

    private static WorkerProto ToProto(WorkerEntry worker)
    {
        var proto = new WorkerProto
        {
            Address = worker.Address,
            Capacity = worker.Load.Capacity,
            InFlight = worker.Load.InFlight,
            LatencyMs = worker.Load.Latency.TotalMilliseconds,
        };
        proto.Backends.AddRange(worker.Load.Backends.Select(ToProto));
        proto.Modules.AddRange(worker.Load.Modules.Select(ToProto));
        return proto;
    }

    private static BackendLoadProto ToProto(BackendLoad b) => new() { Backend = b.Backend, FailuresInARow = b.FailuresInARow, LastError = b.LastError };

    private static BackendLoad FromProto(BackendLoadProto p) => new(p.Backend, p.FailuresInARow, p.LastError);

    private static ModuleLoadProto ToProto(ModuleLoad m) =>
        new() { Module = m.Module, Capacity = m.Capacity, InFlight = m.InFlight, LatencyMs = m.Latency.TotalMilliseconds };

    private static ModuleLoad FromProto(ModuleLoadProto p) => new(p.Module, p.Capacity, p.InFlight, TimeSpan.FromMilliseconds(p.LatencyMs));
}
