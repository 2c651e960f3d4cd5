using System.Text;
using ActorLlm.Backends;
using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Workers;

/// <summary>Gathers what a chat client yields into a reply; the text itself is gathered where it is watched.</summary>
internal sealed class ReplyBuilder
{
    private readonly List<ToolCall> _toolCalls = [];
    private readonly StringBuilder _refusal = new();
    private readonly StringBuilder _reasoning = new();
    private string? _finishReason;
    private AnswerOrigin _origin;
    private UsageDetails? _usage;

    /// <summary>Characters of everything but the text.</summary>
    public int OtherLength { get; private set; }

    /// <summary>What the backend has counted; null while it has said nothing.</summary>
    public UsageDetails? Usage => _usage;

    /// <summary>Takes what was counted elsewhere for what was counted here.</summary>
    public void Count(UsageDetails usage) => _usage = usage;

    /// <summary>Takes an update; gives its pieces of text.</summary>
    /// <exception cref="BackendException">The update says that the backend failed.</exception>
    public IEnumerable<string> Add(ChatResponseUpdate update)
    {
        if (update.FinishReason is { Value.Length: > 0 } reason) _finishReason = reason.Value;
        var origin = AnswerOrigin.Of(update);
        _origin = new AnswerOrigin(origin.SystemFingerprint ?? _origin.SystemFingerprint, origin.ServiceTier ?? _origin.ServiceTier);
        foreach (var content in update.Contents)
        {
            switch (content)
            {
                case TextContent { Text.Length: > 0 } text:
                    yield return text.Text;
                    break;
                case TextReasoningContent thought:
                    _reasoning.Append(thought.Text);
                    OtherLength += thought.Text.Length;
                    break;
                case FunctionCallContent call:
                    _toolCalls.Add(new ToolCall(call.CallId, call.Name, ToolCallText.ArgumentsOf(call)));
                    OtherLength += _toolCalls[^1].ByteCount();
                    break;
                case ErrorContent { ErrorCode: "Refusal" } refusal:
                    _refusal.Append(refusal.Message);
                    OtherLength += refusal.Message.Length;
                    break;
                case ErrorContent:
                    throw new BackendException(BackendFailures.Provider("The backend reported an error within its answer."));
                case UsageContent counted:
                    _usage = counted.Details;
                    break;
            }
        }
    }

    /// <summary>The whole reply, or null when the model did not say that it had ended.</summary>
    public Reply? Finish(string text, ResolvedBackend backend)
    {
        if (_finishReason is null) return null;
        var usage = new Usage(_usage?.InputTokenCount, _usage?.OutputTokenCount)
        {
            CachedInputTokens = _usage?.CachedInputTokenCount,
            ReasoningTokens = _usage?.ReasoningTokenCount,
        };
        // Some servers call an answer that asks for tools an ordinary end, and clients look for tools by the reason alone.
        var reason = _toolCalls.Count > 0 && _finishReason == "stop" ? "tool_calls" : _finishReason;
        return new Reply(text, backend.Model, backend.Backend, reason, usage)
        {
            ToolCalls = [.. _toolCalls],
            Refusal = _refusal.ToString(),
            Reasoning = _reasoning.ToString(),
            SystemFingerprint = _origin.SystemFingerprint ?? "",
            ServiceTier = _origin.ServiceTier ?? "",
        };
    }
}
