using System.Runtime.CompilerServices;
using ActorLlm.Modules;
using Microsoft.Extensions.AI;

namespace Recommendation;

/// <summary>
/// Ranks products for a shopper, whose conversation holds what they did. Which products may be named follows from that; the model orders them and says why, in a
/// form that is checked: an answer that does not have it is asked for again, a bounded number of times.
/// </summary>
public sealed class RecommendModule(IReadOnlyList<Product> catalogue) : IModule
{
    public const string Name = "recommend";

    /// <summary>How many products are named.</summary>
    public const int Places = 3;

    /// <summary>How often the model is asked for one ranking.</summary>
    public const int MaxAnswers = 3;

    /// <summary>How many products the model may choose from.</summary>
    private const int MaxCandidates = 8;

    private const string Instructions =
        "You recommend products of a shop. Choose among the candidates, put the best first, and tell the shopper in one sentence each why, by what they did. Answer with JSON alone.";

    public async IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The events were added to the conversation without asking for a reply; earlier rankings have one.
        Behaviour[] behaviours = [.. turn.History.Where(exchange => exchange.Reply is null).SelectMany(exchange => exchange.Messages).Select(message => Behaviour.Parse(message.Text))];
        var candidates = Taste.Candidates(behaviours, catalogue, MaxCandidates);
        if (candidates.Count < Places) throw new ContentRefusedException($"{turn.Conversation} tells too little: {candidates.Count} products fit what was done; {Places} are needed.");

        var ranking = new Ranking(candidates.Select(candidate => candidate.Product.Id), Places);
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(ranking.Schema, "ranking"), Temperature = 0 };
        List<ChatMessage> messages = [new(ChatRole.System, Instructions), new(ChatRole.User, Question(behaviours, candidates))];
        var problem = "";
        for (var answers = 1; answers <= MaxAnswers; answers++)
        {
            var answer = await turn.Client.GetResponseAsync(messages, options, cancellationToken);
            if (ranking.Read(answer.Text, out problem) is not null)
            {
                yield return ModuleReply.Text(answer.Text);
                yield return ModuleReply.End();
                yield break;
            }

            messages.AddRange(answer.Messages);
            messages.Add(new(ChatRole.User, $"That answer cannot be used: {problem} Answer again, with JSON alone that follows the schema."));
        }

        throw new ContentRefusedException($"The model gave no ranking that can be used in {MaxAnswers} answers; of the last: {problem}");
    }

    private static string Question(IEnumerable<Behaviour> behaviours, IEnumerable<Candidate> candidates) =>
        $"""
        What the shopper did, the oldest first:
        {string.Join('\n', behaviours.Select(behaviour => $"{behaviour.Shopper}: {behaviour.Deed.ToString().ToLowerInvariant()} {behaviour.Product}"))}
        Candidates, with how well they fit:
        {string.Join('\n', candidates.Select(candidate => FormattableString.Invariant($"{candidate.Product.Id}: {candidate.Product.Name} ({candidate.Product.Category}, {candidate.Product.Price:0.00}), {candidate.Score:0.#}")))}
        Recommend {Places}.
        """;
}
