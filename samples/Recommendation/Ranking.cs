using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Recommendation;

/// <summary>A recommendation.</summary>
public sealed record Recommended(string Product, string Reason);

/// <summary>What the model is asked for, and whether an answer is that.</summary>
public sealed class Ranking
{
    private static readonly EvaluationOptions AllErrors = new() { OutputFormat = OutputFormat.List };

    private readonly JsonSchema _check;

    /// <param name="products">The products that may be named.</param>
    /// <param name="places">How many are to be named.</param>
    public Ranking(IEnumerable<string> products, int places)
    {
        var text = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray("items"),
            ["properties"] = new JsonObject
            {
                ["items"] = new JsonObject
                {
                    ["type"] = "array",
                    ["minItems"] = places,
                    ["maxItems"] = places,
                    ["items"] = new JsonObject
                    {
                        ["type"] = "object",
                        ["additionalProperties"] = false,
                        ["required"] = new JsonArray("product", "reason"),
                        ["properties"] = new JsonObject
                        {
                            ["product"] = new JsonObject { ["enum"] = new JsonArray([.. products.Select(product => JsonValue.Create(product))]) },
                            ["reason"] = new JsonObject { ["type"] = "string", ["minLength"] = 10 },
                        },
                    },
                },
            },
        }.ToJsonString();
        Schema = JsonElement.Parse(text);
        _check = JsonSchema.FromText(text);
    }

    /// <summary>The JSON schema of an answer.</summary>
    public JsonElement Schema { get; }

    /// <summary>Reads an answer, or says what is wrong with it in words that the model is given.</summary>
    public IReadOnlyList<Recommended>? Read(string answer, out string problem)
    {
        problem = "";
        JsonElement json;
        try
        {
            json = JsonElement.Parse(answer);
        }
        catch (JsonException)
        {
            problem = "it is not JSON.";
            return null;
        }

        var result = _check.Evaluate(json, AllErrors);
        if (!result.IsValid)
        {
            problem = string.Join(" ", (result.Details ?? []).Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.Values.Select(error => $"At '{detail.InstanceLocation}': {error}.")));
            return null;
        }

        var items = json.GetProperty("items").Deserialize<Recommended[]>(JsonSerializerOptions.Web)!;
        // A schema cannot say it: uniqueItems compares the reasons too.
        if (items.GroupBy(item => item.Product).FirstOrDefault(group => group.Count() > 1) is not { } twice) return items;
        problem = $"it names {twice.Key} twice.";
        return null;
    }
}
