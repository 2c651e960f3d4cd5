using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorLlm.Chaos.Servers;

/// <summary>How the body of a turn is written: what is not given is left out.</summary>
internal static class TurnJson
{
    public static JsonSerializerOptions Options { get; } = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
