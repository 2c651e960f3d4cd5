using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace ActorLlm.Backends.Simulation;

/// <summary>
/// The simulator's embeddings, in the words of OpenAI's <c>POST /v1/embeddings</c>: vectors of length 1 that hang on each text alone, the same in
/// every process. They know nothing of meaning, there are no faults, and calls are not counted.
/// </summary>
public static class SimulatorEmbeddings
{
    /// <summary>Numbers in a vector unless <c>dimensions</c> says otherwise.</summary>
    public const int DefaultDimensions = 256;

    /// <summary>The most numbers that may be asked for.</summary>
    public const int MaxDimensions = 4096;

    /// <summary>Answers a request.</summary>
    /// <param name="request">A JSON object with <c>model</c>, <c>input</c>, and maybe <c>dimensions</c> and <c>encoding_format</c>.</param>
    /// <param name="serves">Whether it serves a model; all by default.</param>
    /// <returns>The body of the answer.</returns>
    /// <exception cref="BackendException">The request cannot be read (as status 400, the message names the field), or it does not serve the model (404).</exception>
    public static BinaryData Answer(BinaryData request, Func<string, bool>? serves = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            using JsonDocument document = JsonDocument.Parse(request);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Answer(document.RootElement, serves) : throw Refused("the body is no JSON object");
        }
        catch (JsonException exception)
        {
            throw Refused($"the body is not JSON ({exception.Message})");
        }
        catch (InvalidOperationException)
        {
            throw Refused("a text is not valid Unicode");
        }
    }

    private static BinaryData Answer(JsonElement request, Func<string, bool>? serves)
    {
        string model = Text(request, "model") ?? throw Refused("'model' is missing: expected the name of a model");
        if (serves?.Invoke(model) == false)
            throw new BackendException(BackendFailures.FromStatus(404, detail: $"there is no model '{model}'."));
        string[] texts = Texts(request.TryGetProperty("input", out JsonElement input) ? input : default);
        int dimensions = Dimensions(request);
        bool asBase64 = Text(request, "encoding_format") switch
        {
            null or "float" => false,
            "base64" => true,
            var other => throw Refused($"'encoding_format' is '{other}': expected float or base64"),
        };
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, model, [.. texts.Select(text => Vector(text, dimensions))], asBase64, texts.Sum(text => (text.Length + 3) / 4));
        return new BinaryData(buffer.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter json, string model, float[][] vectors, bool asBase64, int tokens)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        for (int index = 0; index < vectors.Length; index++)
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "embedding"u8);
            json.WriteNumber("index"u8, index);
            json.WritePropertyName("embedding"u8);
            if (asBase64)
                json.WriteBase64StringValue(Bytes(vectors[index]));
            else
                WriteNumbers(json, vectors[index]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("model"u8, model);
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, tokens);
        json.WriteNumber("total_tokens"u8, tokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, float[] vector)
    {
        json.WriteStartArray();
        foreach (float number in vector)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static byte[] Bytes(float[] vector)
    {
        byte[] bytes = new byte[vector.Length * sizeof(float)];
        for (int index = 0; index < vector.Length; index++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), vector[index]);
        return bytes;
    }

    /// <summary>Evenly drawn from a cube around the origin, then stretched to length 1: good enough to tell texts apart.</summary>
    private static float[] Vector(string text, int dimensions)
    {
        var random = new SimulatorRandom(SimulatorPrompt.Hash(text));
        double[] numbers = new double[dimensions];
        for (int index = 0; index < dimensions; index++)
            numbers[index] = random.NextDouble() - 0.5;
        double length = Math.Sqrt(numbers.Sum(number => number * number));
        return Array.ConvertAll(numbers, number => (float)(number / length));
    }

    /// <summary>One text, several, the tokens of one, or those of several; tokens count as the text of their numbers.</summary>
    private static string[] Texts(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.String => [input.GetString()!],
        JsonValueKind.Array when input.GetArrayLength() > 0 && input.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number) => [input.GetRawText()],
        JsonValueKind.Array when input.GetArrayLength() > 0 && input.EnumerateArray().All(item => item.ValueKind is JsonValueKind.String or JsonValueKind.Array) =>
            [.. input.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())],
        _ => throw Refused("'input' is missing, empty or of another kind: expected text, tokens, or an array of either"),
    };

    private static int Dimensions(JsonElement request)
    {
        if (!request.TryGetProperty("dimensions", out JsonElement asked) || asked.ValueKind == JsonValueKind.Null)
            return DefaultDimensions;
        return asked.ValueKind == JsonValueKind.Number && asked.TryGetInt32(out int dimensions) && dimensions is >= 1 and <= MaxDimensions
            ? dimensions
            : throw Refused(string.Create(CultureInfo.InvariantCulture, $"'dimensions' is {asked.GetRawText()}: expected 1 to {MaxDimensions}"));
    }

    private static string? Text(JsonElement request, string name)
    {
        if (!request.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Refused($"'{name}' is no text");
    }

    private static BackendException Refused(string problem) => new(BackendFailures.FromStatus(400, detail: problem + "."));
}
