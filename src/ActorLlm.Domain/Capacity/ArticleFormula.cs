namespace ActorLlm.Domain.Capacity;

/// <summary>
/// The article's model of a message system, N = R·T/L: the number of nodes from the rate of messages R, the time T that each takes, and the number L that a node has at once. It is Little's law
/// solved for the nodes: R·T pieces of work are under way, and each node has L of them.
/// </summary>
/// <remarks>
/// With L as what a node may have at once, N is the fewest nodes that could keep up if every place were busy all the time. It says nothing of waiting: exactly N nodes have a line that grows without
/// end, and <see cref="QueueModel"/> says how many more are needed. With L as the measured length of the queue it is no plan at all: the longer the queue, the fewer nodes it would ask for.
/// </remarks>
public static class ArticleFormula
{
    /// <summary>N.</summary>
    /// <param name="arrivalRate">R, a second.</param>
    /// <param name="time">T, in seconds.</param>
    /// <param name="perNode">L, above 0.</param>
    public static double Nodes(double arrivalRate, double time, double perNode)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perNode);
        return arrivalRate * time / perNode;
    }
}
