using System.Data.Common;
using System.Net.Sockets;

namespace ActorLlm.Cluster.Persistence;

/// <summary>How it shows that the database is away.</summary>
internal static class DatabaseLoss
{
    /// <summary>Whether a failure is the database's, or that of the way to it, and may pass by itself.</summary>
    public static bool IsMeantBy(Exception error) => error is DbException or TimeoutException or SocketException or IOException;
}
