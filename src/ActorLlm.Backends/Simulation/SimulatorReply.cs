using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace ActorLlm.Backends.Simulation;

/// <summary>
/// Composes the answer to a prompt: it says what it is, repeats the start of the message, and goes on with words drawn by the prompt's
/// hash. A function of its arguments alone, so that two attempts at one turn agree byte for byte, on any backend and in any process.
/// </summary>
internal static class SimulatorReply
{
    private const int MaxEchoWords = 8;
    private const int MaxEchoWordLength = 24;
    private const int FormTokenLength = 6;

    // Fixed for ever: recorded replies must stay reproducible. 64 of them, each with its space in front, so that a token is never built.
    private static readonly string[] Words =
    [
        " river", " stone", " light", " paper", " garden", " window", " market", " winter", " silver", " forest", " letter", " harbor",
        " morning", " bridge", " candle", " meadow", " island", " copper", " valley", " summer", " lantern", " orchard", " feather",
        " mountain", " village", " thunder", " whisper", " journey", " pattern", " balance", " measure", " signal", " answer", " shadow",
        " circle", " number", " branch", " season", " anchor", " travel", " simple", " gentle", " bright", " narrow", " steady", " quiet",
        " open", " early", " later", " often", " never", " always", " under", " over", " along", " between", " before", " after", " toward",
        " around", " slowly", " nearly", " maybe", " again",
    ];

    /// <summary>The tokens of an answer; joined, they are its text.</summary>
    public static string[] Compose(string message, ulong hash, int count)
    {
        var tokens = new string[count];
        int at = 0;
        Add("[simulator]");
        Add(" You");
        Add(" said:");
        foreach (Range range in EchoWords(message))
            Add(" " + message[range]);
        Add(" ...");
        var random = new SimulatorRandom(hash);
        while (at < count)
            Add(Words[random.Next(Words.Length)]);
        return tokens;

        void Add(string token)
        {
            if (at < count)
                tokens[at++] = token;
        }
    }

    /// <summary>What is thought before an answer, by the same hash.</summary>
    public static string Think(ulong hash, int count)
    {
        var random = new SimulatorRandom(hash);
        return string.Concat(Enumerable.Range(0, count).Select(_ => Words[random.Next(Words.Length)])).TrimStart();
    }

    /// <summary>The tokens of an answer in the form that is asked for; null where any text will do.</summary>
    public static string[]? Form(ChatResponseFormat? format, string message)
    {
        if (format is not ChatResponseFormatJson json)
            return null;
        string text = json.Schema is { } schema
            ? SchemaSample.Of(schema, Short(message))
            : new JsonObject { ["answer"] = Short(message) }.ToJsonString();
        // JSON is written in ASCII here: no token ends within a character.
        return [.. text.Chunk(FormTokenLength).Select(token => new string(token))];
    }

    /// <summary>What is left of an answer after its beginning, which may be that of an answer in other words: as many tokens fewer.</summary>
    public static string[] After(string begun, string[] tokens)
    {
        if (string.Concat(tokens).StartsWith(begun, StringComparison.Ordinal))
        {
            int left = begun.Length;
            while (tokens.Length > 0 && left >= tokens[0].Length)
            {
                left -= tokens[0].Length;
                tokens = tokens[1..];
            }
            return tokens.Length == 0 ? [""] : [tokens[0][left..], .. tokens[1..]];
        }
        // Every token but the first begins with a space, and has no other.
        return [.. tokens.Skip(1 + begun.Count(character => character == ' ')).DefaultIfEmpty("")];
    }

    /// <summary>The beginning of a message, as it stands in an answer.</summary>
    public static string Short(string message) => string.Join(' ', EchoWords(message).Select(range => message[range]));

    private static List<Range> EchoWords(string message)
    {
        List<Range> words = new(MaxEchoWords);
        int start = 0;
        while (words.Count < MaxEchoWords && start < message.Length)
        {
            if (char.IsWhiteSpace(message[start]))
            {
                start++;
                continue;
            }
            int end = start;
            while (end < message.Length && !char.IsWhiteSpace(message[end]))
                end++;
            words.Add(start..Cut(message, start, end));
            start = end;
        }
        return words;
    }

    /// <summary>Shortens a long word, but never between the two halves of a character.</summary>
    private static int Cut(string message, int start, int end)
    {
        int cut = Math.Min(end, start + MaxEchoWordLength);
        return cut < end && char.IsLowSurrogate(message[cut]) ? cut - 1 : cut;
    }
}
