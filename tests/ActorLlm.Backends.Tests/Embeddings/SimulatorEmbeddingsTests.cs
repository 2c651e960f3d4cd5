using System.Buffers.Binary;
using System.Text.Json;
using ActorLlm.Backends.Simulation;

namespace ActorLlm.Backends.Tests.Embeddings;

public class SimulatorEmbeddingsTests
{
    [Fact]
    public void A_text_always_has_the_same_vector_of_length_1_and_another_text_another_one()
    {
        JsonElement answer = Answer("""{"model":"m","input":["Rome","Paris","Rome"]}""");

        Assert.Equal(("list", "m"), (answer.GetProperty("object").GetString(), answer.GetProperty("model").GetString()));
        Assert.Equal(4, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.Equal([0, 1, 2], answer.GetProperty("data").EnumerateArray().Select(one => one.GetProperty("index").GetInt32()));
        float[][] vectors = Vectors(answer);
        Assert.All(vectors, vector => Assert.Equal(1, vector.Sum(number => (double)number * number), tolerance: 1e-5));
        Assert.All(vectors, vector => Assert.Equal(SimulatorEmbeddings.DefaultDimensions, vector.Length));
        Assert.Equal(vectors[0], vectors[2]);
        Assert.NotEqual(vectors[0], vectors[1]);
        Assert.Equal(vectors[0], Assert.Single(Vectors(Answer("""{"model":"m","input":"Rome"}"""))));
        // Another process, another version: the same.
        Assert.Equal([-0.008642f, -0.054330f, -0.038361f], vectors[0][..3], (expected, actual) => Math.Abs(expected - actual) < 1e-6);
    }

    [Fact]
    public void Base64_holds_the_same_numbers()
    {
        JsonElement plain = Answer("""{"model":"m","input":"Rome","dimensions":3,"encoding_format":"float"}""");
        JsonElement packed = Answer("""{"model":"m","input":"Rome","dimensions":3,"encoding_format":"base64"}""");

        byte[] bytes = packed.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();

        float[] numbers = [.. bytes.Chunk(4).Select(four => BinaryPrimitives.ReadSingleLittleEndian(four))];
        Assert.Equal(3, numbers.Length);
        Assert.Equal(Assert.Single(Vectors(plain)), numbers);
    }

    [Theory]
    [InlineData("[1,2,3]", 1)]
    [InlineData("[[1,2],[3]]", 2)]
    [InlineData("[\"a\"]", 1)]
    public void Tokens_have_vectors_too(string input, int count) =>
        Assert.Equal(count, Vectors(Answer($$"""{"model":"m","input":{{input}}}""")).Distinct().Count());

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{"input":"a"}""", "'model' is missing")]
    [InlineData("""{"model":1,"input":"a"}""", "'model' is no text")]
    [InlineData("""{"model":"m"}""", "'input' is missing")]
    [InlineData("""{"model":"m","input":[]}""", "'input' is missing")]
    [InlineData("""{"model":"m","input":"\ud800"}""", "not valid Unicode")]
    [InlineData("""{"model":"m","input":"a","dimensions":0}""", "'dimensions' is 0")]
    [InlineData("""{"model":"m","input":"a","dimensions":4097}""", "'dimensions' is 4097")]
    [InlineData("""{"model":"m","input":"a","encoding_format":"hex"}""", "'encoding_format' is 'hex'")]
    public void What_cannot_be_read_is_refused_with_the_field(string request, string words)
    {
        BackendFailure failure = Assert.Throws<BackendException>(() => Answer(request)).Failure;

        Assert.Equal(400, failure.StatusCode);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    private static JsonElement Answer(string request) => JsonElement.Parse(SimulatorEmbeddings.Answer(BinaryData.FromString(request)).ToString());

    private static float[][] Vectors(JsonElement answer) =>
        [.. answer.GetProperty("data").EnumerateArray().Select(one => one.GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle()).ToArray())];
}
