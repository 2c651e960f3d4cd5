using System.Security.Cryptography;

namespace ActorLlm.Processes;

/// <summary>Ports for servers that are ended and started again on the same one.</summary>
public static class FixedPorts
{
    // Below the range that systems take ports of outgoing connections from: else one of those could sit on the port of a server that is down.
    private const int First = 20_000;
    private const int Last = 30_000;

    /// <summary>Ports in a row that nothing listens on now.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="UserErrorException">There are none.</exception>
    public static int[] Take(int count)
    {
        for (var tries = 0; tries < 100; tries++)
        {
            var first = RandomNumberGenerator.GetInt32(First, Last - count);
            var ports = Enumerable.Range(first, count).ToArray();
            if (!ports.Any(LoopbackPorts.IsTaken))
                return ports;
        }
        throw new UserErrorException($"There are no {count} free ports in a row between {First} and {Last} on 127.0.0.1: end what listens there.");
    }
}
