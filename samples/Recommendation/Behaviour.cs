using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recommendation;

/// <summary>What a shopper may do with a product; the number says how much it tells of their taste.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Deed>))]
public enum Deed
{
    View = 1,
    Cart = 3,
    Buy = 5,
}

/// <summary>Something that a shopper did.</summary>
public sealed record Behaviour(string Id, string Shopper, Deed Deed, string Product)
{
    /// <summary>Reads a line of JSON.</summary>
    /// <exception cref="FormatException">It is none, or lacks a field.</exception>
    public static Behaviour Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Behaviour>(line, JsonSerializerOptions.Web) is { Id.Length: > 0, Shopper.Length: > 0, Deed: not 0, Product.Length: > 0 } behaviour
                ? behaviour
                : throw new FormatException($"'{line}' is no behaviour; expected id, shopper, deed (view, cart or buy) and product.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"'{line}' is no behaviour: {exception.Message}", exception);
        }
    }

    /// <summary>The line of JSON.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}

/// <summary>Something to buy.</summary>
public sealed record Product(string Id, string Name, string Category, decimal Price)
{
    public static IReadOnlyList<Product> ReadAll(string file) => JsonSerializer.Deserialize<Product[]>(File.ReadAllText(file), JsonSerializerOptions.Web)!;
}

/// <summary>A product that may be recommended.</summary>
/// <param name="Product">The product.</param>
/// <param name="Score">How well it fits what the shopper did: what was done with it, and half of what was done within its category.</param>
public sealed record Candidate(Product Product, decimal Score);

/// <summary>What a shopper's deeds say of their taste.</summary>
public static class Taste
{
    /// <summary>The products that fit best, the best first; without those that were bought and those that nothing speaks for.</summary>
    public static IReadOnlyList<Candidate> Candidates(IReadOnlyCollection<Behaviour> behaviours, IReadOnlyCollection<Product> catalogue, int most)
    {
        var categories = catalogue.ToDictionary(product => product.Id, product => product.Category);
        var own = behaviours.ToLookup(behaviour => behaviour.Product);
        var kin = behaviours.ToLookup(behaviour => categories.GetValueOrDefault(behaviour.Product, ""));
        return
        [
            .. catalogue.Where(product => own[product.Id].All(behaviour => behaviour.Deed != Deed.Buy))
                .Select(product => new Candidate(product, Weight(own[product.Id]) + (Weight(kin[product.Category]) / 2m)))
                .Where(candidate => candidate.Score > 0)
                .OrderByDescending(candidate => candidate.Score).ThenBy(candidate => candidate.Product.Id, StringComparer.Ordinal)
                .Take(most),
        ];
    }

    private static int Weight(IEnumerable<Behaviour> behaviours) => behaviours.Sum(behaviour => (int)behaviour.Deed);
}
