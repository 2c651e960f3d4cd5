using System.Runtime.CompilerServices;
using System.Text.Json;
using ActorLlm.Modules;
using Microsoft.Extensions.AI;

namespace RiskControl;

/// <summary>
/// Decides about one transaction: a turn of the account's conversation, whose earlier turns are the account's earlier transactions. The rules speak first; the
/// model is asked about what they doubt.
/// </summary>
public sealed class RiskModule : IModule
{
    public const string Name = "risk";

    /// <summary>How many earlier transactions the model is shown.</summary>
    private const int Shown = 10;

    private const string Instructions =
        """
        You decide whether people must look at a card payment that a rule found doubtful. Clear what has a plausible reason, such as travel or a yearly bill.
        Answer with JSON alone: {"decision": "clear" or "alert", "reason": "one sentence"}.
        """;

    private static readonly JsonElement Schema = JsonElement.Parse(
        """
        {
          "type": "object", "additionalProperties": false, "required": ["decision", "reason"],
          "properties": { "decision": { "enum": ["alert", "clear"] }, "reason": { "type": "string" } }
        }
        """);

    public async IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var transaction = Transaction.Parse(turn.Content.Messages[^1].Text);
        Transaction[] earlier = [.. turn.History.Select(exchange => Transaction.Parse(exchange.Messages[^1].Text))];
        var finding = Rules.Judge(transaction, earlier);
        var ruling = finding.Verdict == Verdict.Doubtful
            ? await AskAsync(turn, transaction, earlier, finding, cancellationToken)
            : new Ruling(transaction.Id, transaction.Account, finding.Verdict == Verdict.Alert, finding.Rule, Ruling.ByRules, finding.Reason);
        yield return ModuleReply.Text(ruling.ToString());
        yield return ModuleReply.End();
    }

    private static async Task<Ruling> AskAsync(
        ModuleTurn turn, Transaction transaction, Transaction[] earlier, Finding finding, CancellationToken cancellationToken)
    {
        var question = $"Rule {finding.Rule}: {finding.Reason}.\nPayment: {transaction}\nEarlier, the oldest first:\n{string.Join('\n', earlier.TakeLast(Shown))}";
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema, "decision"), Temperature = 0 };
        var answer = await turn.Client.GetResponseAsync([new(ChatRole.System, Instructions), new(ChatRole.User, question)], options, cancellationToken);
        return Decide(transaction, finding, answer.Text);
    }

    /// <summary>What follows from the model's answer. One that cannot be used clears nothing.</summary>
    public static Ruling Decide(Transaction transaction, Finding finding, string answer)
    {
        try
        {
            using var document = JsonDocument.Parse(answer);
            var reason = document.RootElement.GetProperty("reason").GetString();
            if (document.RootElement.GetProperty("decision").GetString() is ("alert" or "clear") and var word && !string.IsNullOrWhiteSpace(reason))
                return new(transaction.Id, transaction.Account, word == "alert", finding.Rule, Ruling.ByModel, reason);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Below: whatever is wrong with it, people decide.
        }

        return new(transaction.Id, transaction.Account, true, finding.Rule, Ruling.ByRules, $"{finding.Reason}; the model's answer could not be used");
    }
}
