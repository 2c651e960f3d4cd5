using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ActorLlm.Modules;
using Microsoft.Extensions.AI;

namespace CustomerService;

/// <summary>
/// Answers a customer with the shop's tools. What the model decides and what a tool gives are steps of the turn, so that after a crash, or after the days that an
/// approval may take, the module goes on from there and neither asks nor pays twice.
/// </summary>
public sealed class SupportModule(KnowledgeBase knowledge, Orders orders) : IModule
{
    public const string Name = "support";

    /// <summary>Refunds of an order that come to more need a human's approval, in EUR.</summary>
    public const decimal RefundLimit = 50;

    /// <summary>How often the model may ask for tools in one turn.</summary>
    private const int MaxRounds = 8;

    private const string Instructions =
        """
        You are the customer service of a shop for kitchen goods. Look up what you say: articles with search_articles, orders with look_up_order. Refund with refund
        what our articles promise to refund, and nothing else; a colleague may have to approve. Be brief and friendly, and never invent an order or a rule.
        """;

    private static readonly AITool[] Tools =
    [
        Tool("search_articles", "Searches the shop's articles on returns, delivery, warranty and payment.", """{ "question": { "type": "string" } }"""),
        Tool("look_up_order", "Tells what was ordered, the price and the state.", """{ "order": { "type": "string" } }"""),
        Tool("refund", "Pays money of an order back.", """{ "order": { "type": "string" }, "amount": { "type": "number" } }"""),
    ];

    public async IAsyncEnumerable<ChatResponseUpdate> RunAsync(ModuleTurn turn, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<ChatMessage> messages = [new(ChatRole.System, Instructions), .. turn.Messages];
        for (var round = 1; round <= MaxRounds; round++)
        {
            var answer = await DecideAsync(turn, $"decision-{round}", messages, cancellationToken);
            messages.Add(answer);
            FunctionCallContent[] calls = [.. answer.Contents.OfType<FunctionCallContent>()];
            if (calls.Length == 0)
            {
                yield return ModuleReply.Text(answer.Text);
                yield return ModuleReply.End();
                yield break;
            }

            foreach (var (index, call) in calls.Index())
            {
                var result = await CallAsync(turn.Steps, $"{call.Name}-{round}-{index + 1}", call, cancellationToken);
                messages.Add(new(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)]));
            }
        }

        throw new ContentRefusedException($"The model asked for tools {MaxRounds} times and gave no answer.");
    }

    /// <summary>The model's next message. To ask it again does no harm where its answer was lost; where it is recorded, it is not asked.</summary>
    private static async Task<ChatMessage> DecideAsync(ModuleTurn turn, string key, List<ChatMessage> messages, CancellationToken cancellationToken)
    {
        turn.Options.Tools = Tools;
        var decided = await turn.Steps.RetryToolAsync(key, "model", "", async (_, stop) =>
        {
            var response = await turn.Client.GetResponseAsync(messages, turn.Options, stop);
            return JsonSerializer.Serialize(new ChatMessage(ChatRole.Assistant, [.. response.Messages.SelectMany(message => message.Contents)]), AIJsonUtilities.DefaultOptions);
        }, cancellationToken);
        if (!decided.Succeeded) throw new ContentRefusedException($"The model could not be asked: {decided.Text}");
        return JsonSerializer.Deserialize<ChatMessage>(decided.Text, AIJsonUtilities.DefaultOptions)!;
    }

    private async Task<string> CallAsync(ISteps steps, string key, FunctionCallContent call, CancellationToken cancellationToken)
    {
        if (call.Name == "refund" && await RefusalAsync(steps, key, call, cancellationToken) is { } refusal) return refusal;

        // All of them may be called again where the outcome was lost: two only read, and the shop knows a refund by its key.
        var result = await steps.RetryToolAsync(key, call.Name, Arguments(call), (made, _) => Task.FromResult(call.Name switch
        {
            "search_articles" => knowledge.Search(Text(call, "question")) is { Count: > 0 } found ? string.Join("\n\n", found) : "No article fits.",
            "look_up_order" => orders.Describe(Text(call, "order")),
            "refund" => orders.Refund(made.IdempotencyKey, Text(call, "order"), Amount(call)),
            _ => $"There is no tool {call.Name}.",
        }), cancellationToken);
        return result.Text;
    }

    /// <summary>What the model is told of a refund that a human has to approve and does not; null for one that may be paid.</summary>
    private async Task<string?> RefusalAsync(ISteps steps, string key, FunctionCallContent call, CancellationToken cancellationToken)
    {
        // A step, though it changes nothing: once this refund is paid, the sum is another, and a later attempt must not find that it needs an approval.
        var sum = await steps.RetryToolAsync($"sum-{key}", "sum_of_refunds", Arguments(call), (_, _) => Task.FromResult(
            (orders.Refunded(Text(call, "order")) + Amount(call)).ToString(CultureInfo.InvariantCulture)), cancellationToken);
        if (sum.Succeeded && decimal.Parse(sum.Text, CultureInfo.InvariantCulture) <= RefundLimit) return null;

        var question = string.Create(CultureInfo.InvariantCulture, $"Refund {Amount(call):0.00} EUR of order {Text(call, "order")}?");
        var approval = await steps.ApproveAsync($"approval-{key}", question, cancellationToken);
        return approval.Succeeded ? null : $"Not approved by a colleague. {approval.Text}".TrimEnd();
    }

    private static string Arguments(FunctionCallContent call) => JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions);

    private static string Text(FunctionCallContent call, string name) => call.Arguments?.TryGetValue(name, out var value) == true ? value?.ToString() ?? "" : "";

    private static decimal Amount(FunctionCallContent call) =>
        decimal.TryParse(Text(call, "amount"), NumberStyles.Number, CultureInfo.InvariantCulture, out var amount) ? amount : 0;

    private static AIFunctionDeclaration Tool(string name, string description, string properties)
    {
        using var document = JsonDocument.Parse(properties);
        var required = JsonSerializer.Serialize(document.RootElement.EnumerateObject().Select(property => property.Name));
        return AIFunctionFactory.CreateDeclaration(
            name, description, JsonElement.Parse($$"""{ "type": "object", "additionalProperties": false, "required": {{required}}, "properties": {{properties}} }"""));
    }
}
