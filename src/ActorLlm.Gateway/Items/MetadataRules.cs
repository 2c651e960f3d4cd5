using System.Text.Json;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Items;

/// <summary>What a client may keep with a response or a conversation: at most 16 texts by their names, as OpenAI has it.</summary>
internal static class MetadataRules
{
    private const int MaxPairs = 16;
    private const int MaxName = 64;
    private const int MaxText = 512;

    /// <summary>Reads them as the text of a JSON object; empty where there are none.</summary>
    public static ApiError? Read(JsonElement metadata, out string json)
    {
        json = "";
        if (metadata.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return null;
        if (metadata.ValueKind != JsonValueKind.Object)
            return ApiError.Invalid("invalid_type", "metadata", "The value of metadata cannot be read; expected an object of strings.");
        if (metadata.GetPropertyCount() > MaxPairs)
            return ApiError.InvalidValue("metadata", $"metadata has {metadata.GetPropertyCount()} entries; at most {MaxPairs} are allowed.");
        foreach (var pair in metadata.EnumerateObject())
        {
            if (pair.Name.Length > MaxName || Json.Text(pair.Value) is not { Length: <= MaxText })
                return ApiError.InvalidValue(
                    "metadata", $"metadata has an entry that is too long or no string; names may have {MaxName} characters and values {MaxText}.");
        }

        json = metadata.GetRawText();
        return null;
    }
}
