using Recommendation;

namespace ActorLlm.Samples.Tests;

public class RankingTests
{
    private static readonly Product[] Catalogue =
    [
        new("tent", "Tent", "camping", 100), new("stove", "Stove", "camping", 30), new("mat", "Mat", "camping", 40), new("pan", "Pan", "kitchen", 20), new("hat", "Hat", "clothes", 10),
    ];

    private static readonly Ranking Two = new(["tent", "stove", "mat"], places: 2);

    private static Behaviour Did(Deed deed, string product) => new($"{deed}-{product}", "ada", deed, product);

    [Fact]
    public void What_was_done_with_a_product_counts_for_it_and_by_half_for_its_category()
    {
        var candidates = Taste.Candidates([Did(Deed.View, "stove"), Did(Deed.Cart, "mat"), Did(Deed.View, "pan")], Catalogue, 10);

        Assert.Equal([("mat", 5m), ("stove", 3m), ("tent", 2m), ("pan", 1.5m)], candidates.Select(candidate => (candidate.Product.Id, candidate.Score)));
    }

    [Fact]
    public void What_was_bought_is_no_candidate_and_speaks_for_its_kin()
    {
        var candidates = Taste.Candidates([Did(Deed.View, "tent"), Did(Deed.Buy, "tent")], Catalogue, 10);

        Assert.Equal([("mat", 3m), ("stove", 3m)], candidates.Select(candidate => (candidate.Product.Id, candidate.Score)));
    }

    [Fact]
    public void There_are_no_more_candidates_than_asked_for_and_deeds_with_unknown_products_say_nothing()
    {
        Assert.Equal("stove", Assert.Single(Taste.Candidates([Did(Deed.View, "stove")], Catalogue, 1)).Product.Id);
        Assert.Empty(Taste.Candidates([Did(Deed.Buy, "boat")], Catalogue, 10));
    }

    [Fact]
    public void An_answer_that_follows_the_schema_is_read()
    {
        var items = Two.Read("""{"items":[{"product":"mat","reason":"soft and warm"},{"product":"tent","reason":"dry and large"}]}""", out var problem);

        Assert.Equal([new("mat", "soft and warm"), new("tent", "dry and large")], items!);
        Assert.Empty(problem);
    }

    [Theory]
    [InlineData("Take the mat!", "it is not JSON.")]
    [InlineData("[]", "At ''")]
    [InlineData("""{"items":[{"product":"mat","reason":"soft and warm"}]}""", "At '/items'")]
    [InlineData("""{"items":[{"product":"boat","reason":"soft and warm"},{"product":"tent","reason":"dry and large"}]}""", "At '/items/0/product'")]
    [InlineData("""{"items":[{"product":"mat","reason":"soft and warm"},{"product":"tent","reason":""}]}""", "At '/items/1/reason'")]
    [InlineData("""{"items":[{"product":"mat"},{"product":"tent","reason":"dry and large"}]}""", "At '/items/0'")]
    [InlineData("""{"items":[{"product":"mat","reason":"soft and warm","price":1},{"product":"tent","reason":"dry and large"}]}""", "At '/items/0/price'")]
    [InlineData("""{"items":[{"product":"mat","reason":"soft and warm"},{"product":"mat","reason":"dry and large"}]}""", "it names mat twice.")]
    public void Any_other_answer_is_refused_with_the_place_of_its_fault(string answer, string expected)
    {
        Assert.Null(Two.Read(answer, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"e","shopper":"ada","deed":"steal","product":"tent"}""")]
    [InlineData("""{"id":"e","shopper":"ada","product":"tent"}""")]
    [InlineData("e-01")]
    public void A_line_that_is_no_behaviour_is_refused_with_its_text(string line) =>
        Assert.Contains($"'{line}'", Assert.Throws<FormatException>(() => Behaviour.Parse(line)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_behaviour_is_read_as_it_was_written() => Assert.Equal(Did(Deed.Cart, "mat"), Behaviour.Parse(Did(Deed.Cart, "mat").ToString()));
}
