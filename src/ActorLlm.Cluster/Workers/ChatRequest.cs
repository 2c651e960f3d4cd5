using ActorLlm.Domain.Conversations;
using Microsoft.Extensions.AI;

namespace ActorLlm.Cluster.Workers;

/// <summary>What a turn is to a chat client: the history, then the turn's own messages.</summary>
internal static class ChatRequest
{
    private static readonly ChatRole Developer = new("developer");

    /// <summary>Made as they are read: a long history is not copied for a client that looks at its end only.</summary>
    public static IEnumerable<ChatMessage> Messages(RunAttempt request)
    {
        foreach (var exchange in request.History)
        {
            foreach (var message in exchange.Messages) yield return Of(message);
            yield return new ChatMessage(ChatRole.Assistant, exchange.Reply.Text);
        }

        foreach (var message in request.Content.Messages) yield return Of(message);
    }

    public static ChatOptions Options(TurnContent content, string model)
    {
        var settings = content.Settings;
        return new ChatOptions
        {
            ModelId = model,
            Temperature = (float?)settings.Temperature,
            TopP = (float?)settings.TopP,
            MaxOutputTokens = settings.MaxOutputTokens,
            Seed = settings.Seed,
            FrequencyPenalty = (float?)settings.FrequencyPenalty,
            PresencePenalty = (float?)settings.PresencePenalty,
            StopSequences = settings.Stop.IsDefaultOrEmpty ? null : [.. settings.Stop],
        };
    }

    private static ChatMessage Of(Message message) => new(
        message.Role switch
        {
            Role.System => ChatRole.System,
            Role.Developer => Developer,
            Role.User => ChatRole.User,
            _ => ChatRole.Assistant,
        },
        message.Text);
}
