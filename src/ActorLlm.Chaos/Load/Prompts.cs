using System.Text;

namespace ActorLlm.Chaos.Load;

/// <summary>Makes user messages: the turn's key, some words, and how long the simulated model shall take over the answer.</summary>
/// <param name="simulated">Whether the model is the simulator; another one is asked to be brief.</param>
internal sealed class Prompts(bool simulated)
{
    private const int MinTotalMs = 200;
    private const int MaxTotalMs = 2000;

    private static readonly string[] Words =
        ["please", "tell", "me", "about", "the", "order", "of", "things", "Grüße", "数", "and", "why", "rivers", "bend", "\"quoted\"", "a\tb", "🜂"];

    public string Make(string key, Random random)
    {
        var text = new StringBuilder(key);
        for (var words = random.Next(3, 16); words > 0; words--)
            text.Append(' ').Append(Words[random.Next(Words.Length)]);
        var total = random.Next(MinTotalMs, MaxTotalMs + 1);
        var tokens = random.Next(16, 49);
        if (!simulated)
            return text.Append(". Answer in one short sentence.").ToString();
        return text.Append($" [[reply total={total} inter={total / 2 / tokens} tokens={tokens} chunk={random.Next(1, 5)}]]").ToString();
    }
}
