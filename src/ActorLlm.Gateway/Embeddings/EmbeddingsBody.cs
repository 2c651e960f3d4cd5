using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Embeddings;

/// <summary>An embeddings request: what is looked at here, and all of it as it came, which is what the backend gets.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Json">The body.</param>
internal sealed record EmbeddingsBody(string Model, ReadOnlyMemory<byte> Json)
{
    private const string Inputs = "a string, an array of strings, an array of tokens (whole numbers), or an array of arrays of tokens";

    /// <summary>Reads a body, or says what is wrong with it.</summary>
    public static EmbeddingsBody? Parse(in ReadOnlySequence<byte> bytes, out ApiError? error)
    {
        // The request's own memory ends with its reading.
        var json = bytes.ToArray();
        string? model = null;
        error = json.Length == 0 ? RequestBody.NotJson("it is empty") : Error(json, out model);
        return error is null ? new EmbeddingsBody(model!, json) : null;
    }

    private static ApiError? Error(byte[] json, out string? model)
    {
        model = null;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = RequestBody.MaxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return RequestBody.NotAnObject();
            // Strings that are passed on as they are were never looked into.
            return Utf8.IsValid(json) ? Error(document.RootElement, out model) : RequestBody.NotJson("it is not valid UTF-8");
        }
        catch (JsonException exception)
        {
            return RequestBody.NotJson(exception);
        }
        catch (InvalidOperationException)
        {
            // A name with half of a surrogate pair throws when it is compared.
            return RequestBody.NotAnObject();
        }
    }

    private static ApiError? Error(JsonElement body, out string? model)
    {
        model = null;
        if (Field(body, "model", "the name of a model", out var name) is { } noModel) return noModel;
        model = Gateway.Json.Text(name);
        if (string.IsNullOrEmpty(model))
            return ApiError.Invalid("invalid_type", "model", "The value of model cannot be read; expected a string of valid Unicode that is not empty.");
        return Field(body, "input", Inputs, out var input) ?? InputError(input);
    }

    /// <summary>A field that must be there, once: of two, this server and the backend might each take another.</summary>
    private static ApiError? Field(JsonElement body, string name, string expected, out JsonElement value)
    {
        value = default;
        foreach (var field in body.EnumerateObject().Where(field => field.NameEquals(name)))
        {
            if (value.ValueKind != JsonValueKind.Undefined) return ApiError.InvalidValue(name, $"The field {name} was sent twice; send it once.");
            value = field.Value;
        }

        return value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            ? ApiError.Invalid("missing_required_parameter", name, $"The field {name} is missing; expected {expected}.")
            : null;
    }

    private static ApiError? InputError(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.String) return null;
        if (input.ValueKind != JsonValueKind.Array) return WrongInput("input");
        if (input.GetArrayLength() == 0) return ApiError.InvalidValue("input", $"The field input is empty; expected {Inputs}.");
        var kind = input[0].ValueKind;
        var index = 0;
        foreach (var item in input.EnumerateArray())
        {
            if (item.ValueKind != kind || !IsInput(item)) return WrongInput($"input[{index}]");
            index++;
        }

        return null;
    }

    private static bool IsInput(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.String => true,
        JsonValueKind.Array => item.GetArrayLength() > 0 && item.EnumerateArray().All(IsToken),
        _ => IsToken(item),
    };

    private static bool IsToken(JsonElement item) => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out _);

    private static ApiError WrongInput(string at) =>
        ApiError.Invalid("invalid_type", at, $"The value of {at} does not fit; input is {Inputs}, all of one kind and none without a token.");
}
