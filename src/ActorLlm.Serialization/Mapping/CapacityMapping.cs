using ActorLlm.Domain.Capacity;
using ActorLlm.Serialization.Proto;

namespace ActorLlm.Serialization.Mapping;

internal static class CapacityMapping
{
    public static StationTallyProto ToProto(StationTally t) => new()
    {
        Station = t.Station,
        Servers = t.Servers,
        Seconds = t.Seconds,
        Arrived = t.Arrived,
        Waited = t.Waited,
        GaveUp = t.GaveUp,
        Served = t.Served,
        WaitSum = t.WaitSum,
        ServiceSum = t.ServiceSum,
        ServiceSquares = t.ServiceSquares,
        WaitingArea = t.WaitingArea,
        BusyArea = t.BusyArea,
        LastBefore = t.LastBefore,
    };

    public static StationTally FromProto(StationTallyProto p) => new(p.Station, p.Servers, p.Seconds)
    {
        Arrived = p.Arrived,
        Waited = p.Waited,
        GaveUp = p.GaveUp,
        Served = p.Served,
        WaitSum = p.WaitSum,
        ServiceSum = p.ServiceSum,
        ServiceSquares = p.ServiceSquares,
        WaitingArea = p.WaitingArea,
        BusyArea = p.BusyArea,
        LastBefore = p.LastBefore,
    };

    public static CapacityReportProto ToProto(CapacityReport r)
    {
        var proto = new CapacityReportProto { TargetWaitMs = (long)r.TargetWait.TotalMilliseconds, Wanted = r.Wanted };
        proto.Stations.AddRange(r.Stations.Select(ToProto));
        return proto;
    }

    public static CapacityReport FromProto(CapacityReportProto p) =>
        new(TimeSpan.FromMilliseconds(p.TargetWaitMs), p.Wanted, [.. p.Stations.Select(FromProto)]);

    private static StationReportProto ToProto(StationReport s)
    {
        var proto = new StationReportProto { Station = s.Station, Nodes = s.Nodes };
        proto.Windows.AddRange(s.Windows.Select(ToProto));
        return proto;
    }

    private static StationReport FromProto(StationReportProto p) => new(p.Station, p.Nodes, [.. p.Windows.Select(FromProto)]);

    private static StationReadingProto ToProto(StationReading r) => new()
    {
        Seconds = r.Seconds,
        Servers = r.Servers,
        Served = r.Served,
        ArrivalRate = r.ArrivalRate,
        DepartureRate = r.DepartureRate,
        Waiting = r.Waiting,
        Busy = r.Busy,
        WaitedRate = r.WaitedRate,
        WaitRate = r.WaitRate,
        ServedRate = r.ServedRate,
        ServiceRate = r.ServiceRate,
        SquaresRate = r.SquaresRate,
    };

    private static StationReading FromProto(StationReadingProto p) => new(p.Seconds, p.Servers, p.Served, p.ArrivalRate, p.DepartureRate, p.Waiting, p.Busy)
    {
        WaitedRate = p.WaitedRate,
        WaitRate = p.WaitRate,
        ServedRate = p.ServedRate,
        ServiceRate = p.ServiceRate,
        SquaresRate = p.SquaresRate,
    };
}
