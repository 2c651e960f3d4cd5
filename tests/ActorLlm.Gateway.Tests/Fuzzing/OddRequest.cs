using System.Globalization;
using System.Text;

namespace ActorLlm.Gateway.Tests.Fuzzing;

/// <summary>One request of the fuzz. The same seed always makes the same one.</summary>
/// <param name="Seed">What it was made from.</param>
/// <param name="Kind">What is odd about it.</param>
internal sealed record OddRequest(int Seed, OddKind Kind)
{
    private const int LongestShown = 1000;

    public string Method { get; set; } = "POST";

    /// <summary>Path and query.</summary>
    public string Target { get; set; } = "/v1/chat/completions";

    public byte[] Body { get; set; } = [];

    /// <summary>The header Content-Type; null for none.</summary>
    public string? ContentType { get; set; } = "application/json";

    public List<(string Name, string Value)> Headers { get; } = [];

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), new Uri(Target, UriKind.Relative));
        if (Method is not ("GET" or "HEAD" or "TRACE") || Body.Length > 0) message.Content = new ByteArrayContent(Body);
        if (ContentType is not null) message.Content?.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        foreach (var (name, value) in Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content?.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    /// <summary>All that is needed to see what was sent; a long body by its beginning.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"seed {Seed}, kind {Kind}: {Method} {Target}\nContent-Type: {ContentType}\n");
        foreach (var (name, value) in Headers) text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\n");
        text.Append(CultureInfo.InvariantCulture, $"\n{Body.Length} bytes: ");
        foreach (var character in Encoding.Latin1.GetString(Body.AsSpan(0, Math.Min(Body.Length, LongestShown))))
            text.Append(character is >= ' ' and <= '~' ? character.ToString() : $"\\x{(int)character:x2}");
        return text.ToString();
    }
}

/// <summary>What can be odd about a request.</summary>
internal enum OddKind
{
    Nothing,
    DroppedField,
    DuplicatedField,
    RetypedField,
    NullField,
    OddNumber,
    NotANumber,
    HugeText,
    HugeArray,
    DeepNesting,
    HalfCharacter,
    OddText,
    OddName,
    Truncated,
    FlippedBytes,
    InvalidUtf8,
    ByteOrderMark,
    OtherEncoding,
    RandomBytes,
    RandomJson,
    NoBody,
    NotQuiteJson,
    ContentType,
    ContentEncoding,
    KeyHeader,
    ConversationHeader,
    ResumeHeader,
    OtherHeader,
    Query,
    Path,
    Method,
    Several,
}
