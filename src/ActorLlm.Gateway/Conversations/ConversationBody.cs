using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorLlm.Gateway.Conversations;

/// <summary>The body of a request that makes or changes a conversation, or adds to it.</summary>
internal sealed class ConversationBody
{
    public JsonElement Items { get; set; }
    public JsonElement Metadata { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ConversationBody))]
internal sealed partial class ConversationBodyContext : JsonSerializerContext;
