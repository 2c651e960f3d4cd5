using System.Runtime.InteropServices;
using System.Text.Json;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Chat;

/// <summary>
/// Fields of OpenAI's API that would change the reply and that the server cannot honour. A value that asks for nothing
/// (null, an empty array, a default) passes.
/// </summary>
internal static class UnsupportedFields
{
    public static ApiError? Error(ChatBody body) =>
        ModalitiesError(body.Modalities)
        ?? If(!IsEmpty(body.Functions), "functions")
        ?? If(!IsEmpty(body.FunctionCall) && !IsNoneOrAuto(body.FunctionCall), "function_call")
        ?? If(!IsEmpty(body.Audio), "audio");

    public static ApiError? Error(MessageBody body, string at) =>
        If(!IsEmpty(body.FunctionCall), $"{at}.function_call")
        ?? If(!IsEmpty(body.Audio), $"{at}.audio");

    private static ApiError? If(bool asked, string name) =>
        asked ? ApiError.Unsupported(name, $"{name} is not supported by this server; leave it out.") : null;

    private static ApiError? ModalitiesError(JsonElement modalities) =>
        IsEmpty(modalities)
        || (modalities.ValueKind == JsonValueKind.Array && modalities.EnumerateArray().All(one => Is(one, "\"text\""u8)))
            ? null
            : ApiError.Unsupported("modalities", "modalities asks for more than text; only [\"text\"] is supported by this server.");

    private static bool IsEmpty(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => true,
        JsonValueKind.Array => element.GetArrayLength() == 0,
        JsonValueKind.Object => element.GetPropertyCount() == 0,
        _ => false,
    };

    private static bool IsNoneOrAuto(JsonElement element) => Is(element, "\"none\""u8) || Is(element, "\"auto\""u8);

    // The raw bytes: an escape that stands for half a character makes every other comparison throw.
    private static bool Is(JsonElement element, ReadOnlySpan<byte> json) => JsonMarshal.GetRawUtf8Value(element).SequenceEqual(json);
}
