using ActorLlm.Domain.Conversations;

namespace ActorLlm.Cluster.Workers;

/// <summary>
/// Which calls of tools have their results, and the other way round. A call without a result, or a result without its call, is an error to every
/// provider; where one of the two was deleted, the other is left out.
/// </summary>
internal sealed class ToolPairs
{
    private readonly HashSet<string> _calls = new(StringComparer.Ordinal);
    private readonly HashSet<string> _results = new(StringComparer.Ordinal);

    private ToolPairs()
    {
    }

    public static ToolPairs Of(IEnumerable<Exchange> history, TurnContent content)
    {
        var pairs = new ToolPairs();
        foreach (var exchange in history)
        {
            // Most conversations have no tools: nothing is made for them.
            foreach (var message in exchange.Deleted.IsEmpty ? exchange.Messages : exchange.Shown().Messages) pairs.Add(message);
            var reply = exchange.Deleted.IsEmpty ? exchange.Reply : exchange.Shown().Reply;
            if (reply is not null) pairs.AddCalls(reply.ToolCalls.AsSpan());
        }

        foreach (var message in content.Messages) pairs.Add(message);
        return pairs;
    }

    /// <summary>What of a message has its other half; null where nothing is left.</summary>
    public Message? Paired(Message message)
    {
        if (message.Role == Role.Tool) return _calls.Contains(message.ToolCallId) ? message : null;
        if (message.ToolCalls.AsSpan().IsEmpty) return message;
        var answered = message.ToolCalls.RemoveAll(call => !_results.Contains(call.Id));
        if (answered.Length == message.ToolCalls.Length) return message;
        return answered.IsEmpty && message.Text.Length == 0 ? null : message with { ToolCalls = answered };
    }

    private void Add(Message message)
    {
        if (message.Role == Role.Tool) _results.Add(message.ToolCallId);
        AddCalls(message.ToolCalls.AsSpan());
    }

    private void AddCalls(ReadOnlySpan<ToolCall> calls)
    {
        foreach (var call in calls) _calls.Add(call.Id);
    }
}
