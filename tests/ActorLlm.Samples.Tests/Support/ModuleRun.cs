using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Modules;
using Microsoft.Extensions.AI;

namespace ActorLlm.Samples.Tests;

/// <summary>Runs a module without a cluster.</summary>
internal static class ModuleRun
{
    public static ModuleTurn Turn(string module, IChatClient model, ISteps steps, string text) => new()
    {
        Module = module,
        Conversation = ConversationId.Of("c"),
        Turn = TurnId.Parse("t"),
        Attempt = 1,
        Content = TurnContent.Of(text) with { Model = module },
        History = [],
        Messages = [new(ChatRole.User, text)],
        Options = new ChatOptions(),
        Client = model,
        Steps = steps,
    };

    /// <summary>The text of the reply, which must have its end.</summary>
    public static async Task<string> TextAsync(IModule module, ModuleTurn turn)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in module.RunAsync(turn, CancellationToken.None)) updates.Add(update);
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        return string.Concat(updates.Select(update => update.Text));
    }
}
