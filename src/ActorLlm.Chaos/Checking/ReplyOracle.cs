using ActorLlm.Backends.Simulation;
using Microsoft.Extensions.AI;

namespace ActorLlm.Chaos.Checking;

/// <summary>
/// What the simulated model answers to a prompt after the given exchanges. Its answer is a function of all that it was shown, so a
/// reply that agrees proves that the model saw the whole history, once and in order.
/// </summary>
internal sealed class ReplyOracle
{
    private readonly SimulatorEngine _engine = new(new SimulatorOptions(), TimeProvider.System);

    public string Reply(IReadOnlyList<(string Prompt, string Reply)> history, string prompt) => Call(history, prompt).Text;

    /// <summary>The tokens that such a call costs when it is answered in full.</summary>
    public long Tokens(IReadOnlyList<(string Prompt, string Reply)> history, string prompt)
    {
        var call = Call(history, prompt);
        return call.InputTokens + call.OutputTokens;
    }

    private SimulatedCall Call(IReadOnlyList<(string Prompt, string Reply)> history, string prompt)
    {
        var messages = new List<ChatMessage>((2 * history.Count) + 1);
        foreach (var (asked, answered) in history)
        {
            messages.Add(new ChatMessage(ChatRole.User, asked));
            messages.Add(new ChatMessage(ChatRole.Assistant, answered));
        }
        messages.Add(new ChatMessage(ChatRole.User, prompt));
        return _engine.Begin(messages);
    }
}
