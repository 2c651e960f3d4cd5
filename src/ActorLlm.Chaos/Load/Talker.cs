using ActorLlm.Chaos.Ledger;

namespace ActorLlm.Chaos.Load;

/// <summary>How a client holds its conversations.</summary>
internal enum TalkStyle
{
    /// <summary>Each turn after the outcome of the one before.</summary>
    InTurn,

    /// <summary>Several turns at once, the next few after all of their outcomes.</summary>
    InBursts,

    /// <summary>One streamed turn, left as soon as the reply begins: nobody asks for it until all faults are over.</summary>
    Leaving,
}

/// <summary>One client, with one conversation at a time and then the next.</summary>
/// <param name="name">How its conversations' names begin.</param>
/// <param name="style">How it talks.</param>
/// <param name="dice">Of all that it asks.</param>
/// <param name="prompts">What it asks.</param>
/// <param name="client">The way to the nodes.</param>
internal sealed class Talker(string name, TalkStyle style, Random dice, Prompts prompts, TurnClient client)
{
    // Short enough that a run sees thousands of conversations begin, long enough that each has a history to lose.
    private const int TurnsInConversation = 12;
    private const int MaxBurst = 5;

    /// <summary>Every tenth client leaves, three in ten send bursts.</summary>
    public static TalkStyle StyleOf(int number) => (number % 10) switch
    {
        0 => TalkStyle.Leaving,
        <= 3 => TalkStyle.InBursts,
        _ => TalkStyle.InTurn,
    };

    /// <summary>The dice of one client of a run.</summary>
    /// <param name="seed">Of the run.</param>
    /// <param name="number">Of the client, from 0.</param>
    // The framework's own hash differs from process to process.
    public static Random DiceOf(int seed, int number) => new(unchecked((seed * 397) ^ (number * 7919)));

    /// <summary>Talks until told to begin nothing new.</summary>
    /// <param name="enough">Nothing new is sent from here on; what was sent is brought to its end.</param>
    /// <param name="giveUp">Ends everything.</param>
    public async Task RunAsync(CancellationToken enough, CancellationToken giveUp)
    {
        for (var conversation = 1; !enough.IsCancellationRequested; conversation++)
        {
            var turns = await ConverseAsync($"{name}-{conversation}", enough, giveUp);
            if (style != TalkStyle.Leaving)
                await client.AskAgainAsync(turns[dice.Next(turns.Count)], dice, giveUp);
        }
    }

    private async Task<List<TurnRecord>> ConverseAsync(string conversation, CancellationToken enough, CancellationToken giveUp)
    {
        var turns = new List<TurnRecord>();
        do
        {
            var burst = Enumerable.Range(turns.Count + 1, style == TalkStyle.InBursts ? dice.Next(2, MaxBurst + 1) : 1)
                .Select(n => NewTurn(conversation, n)).ToArray();
            turns.AddRange(burst);
            // Each sender has dice of its own: they are not safe for several threads.
            await Task.WhenAll(burst.Select(turn => client.SendAsync(turn, new Random(dice.Next()), giveUp)).ToArray());
        }
        while (style != TalkStyle.Leaving && turns.Count < TurnsInConversation && !enough.IsCancellationRequested);
        return turns;
    }

    private TurnRecord NewTurn(string conversation, int number)
    {
        var key = $"{conversation}-t{number}";
        return new TurnRecord(conversation, key, prompts.Make(key, dice))
        {
            Streamed = style == TalkStyle.Leaving || dice.Next(2) == 0,
            Unattended = style == TalkStyle.Leaving,
        };
    }
}
