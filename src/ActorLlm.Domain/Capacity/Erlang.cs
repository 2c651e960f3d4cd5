namespace ActorLlm.Domain.Capacity;

/// <summary>Erlang's formulas of 1917, as in L. Kleinrock, "Queueing Systems" I, 1975, section 3.5. The load is in Erlang: arrivals in one mean service time.</summary>
public static class Erlang
{
    /// <summary>Erlang's B: the chance that an arrival finds all servers busy where nobody waits.</summary>
    /// <param name="servers">At least 0.</param>
    /// <param name="load">The load, at least 0.</param>
    public static double B(int servers, double load)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(servers);
        ArgumentOutOfRangeException.ThrowIfNegative(load);
        if (load == 0) return servers == 0 ? 1 : 0;
        // The recurrence over the servers has neither powers nor factorials that would overflow.
        var inverse = 1.0;
        for (var k = 1; k <= servers; k++)
        {
            inverse = 1 + inverse * k / load;
            // Further servers make a chance that is too small for a double no larger.
            if (double.IsInfinity(inverse)) return 0;
        }

        return 1 / inverse;
    }

    /// <summary>Erlang's C: the chance that an arrival finds all servers busy where all wait for their turn; 1 where the servers are not enough.</summary>
    /// <param name="servers">At least 1.</param>
    /// <param name="load">The load, at least 0.</param>
    public static double C(int servers, double load)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(servers, 1);
        if (load >= servers) return 1;
        var b = B(servers, load);
        return b / (1 - load / servers * (1 - b));
    }
}
