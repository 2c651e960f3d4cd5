using CustomerService;

namespace ActorLlm.Samples.Tests;

public sealed class ShopTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly ShopDatabase _database;
    private readonly KnowledgeBase _knowledge;
    private readonly Orders _orders;

    public ShopTests()
    {
        _database = new ShopDatabase(_folder.Of("shop.db"));
        _knowledge = new KnowledgeBase(_database);
        _knowledge.Load(SampleProgram.FileOf("CustomerService", "articles"));
        _orders = new Orders(_database);
        _orders.Add("4711", "Mug set", 24.90m, "delivered");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("May I send it back?", "Returns")]
    [InlineData("my plate came broken", "Damaged or broken goods")]
    [InlineData("How long does a parcel take to be delivered abroad?", "Delivery times")]
    [InlineData("warranties of knives", "Warranty")]
    public void A_question_finds_the_article_that_answers_it_best_first(string question, string title) =>
        Assert.StartsWith(title, _knowledge.Search(question)[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("? ! -")]
    [InlineData("zebra")]
    [InlineData("\"unclosed NEAR( zz* ^qq body:")]
    [InlineData("'; DROP TABLE article; --")]
    public void A_question_without_an_article_finds_none_whatever_it_is_written_with(string question) => Assert.Empty(_knowledge.Search(question));

    [Fact]
    public void Loading_the_articles_again_leaves_each_of_them_once()
    {
        var before = _knowledge.Search("warranty parcel refund");
        _knowledge.Load(SampleProgram.FileOf("CustomerService", "articles"));

        Assert.Equal(before, _knowledge.Search("warranty parcel refund"));
        Assert.Equal(KnowledgeBase.MaxFound, before.Count);
    }

    [Fact]
    public void A_refund_with_the_same_key_is_paid_once()
    {
        Assert.Equal("10.00 EUR for order 4711 are refunded.", _orders.Refund("k1", "4711", 10));
        Assert.Equal("10.00 EUR for order 4711 were refunded.", _orders.Refund("k1", "4711", 10));
        Assert.Equal(10m, _orders.Refunded("4711"));
    }

    [Fact]
    public void The_same_key_for_another_refund_is_refused()
    {
        _orders.Refund("k1", "4711", 10);

        Assert.Throws<InvalidOperationException>(() => _orders.Refund("k1", "4711", 11));
        Assert.Equal(10m, _orders.Refunded("4711"));
    }

    [Theory]
    [InlineData("4711", 14.91)]
    [InlineData("4712", 1)]
    [InlineData("4711", 0)]
    [InlineData("4711", -5)]
    public void No_more_is_refunded_than_was_paid(string order, decimal amount)
    {
        _orders.Refund("k1", "4711", 10);

        Assert.Throws<InvalidOperationException>(() => _orders.Refund("k2", order, amount));
        Assert.Equal(10m, _orders.Refunded("4711"));
    }

    [Fact]
    public void All_of_it_may_be_refunded_and_the_order_says_so()
    {
        _orders.Refund("k1", "4711", 10);
        _orders.Refund("k2", "4711", 14.90m);

        Assert.Equal("Order 4711: Mug set, 24.90 EUR, delivered, refunded 24.90 EUR.", _orders.Describe("4711"));
        Assert.Equal("There is no order 4712.", _orders.Describe("4712"));
    }

    [Fact]
    public async Task Of_refunds_at_once_only_as_many_are_paid_as_there_is_money_for()
    {
        var tries = Enumerable.Range(0, 8).Select(number => Task.Run(() =>
        {
            try
            {
                _orders.Refund($"k{number}", "4711", 10);
                return 1;
            }
            catch (InvalidOperationException)
            {
                return 0;
            }
        }));

        Assert.Equal(2, (await Task.WhenAll(tries)).Sum());
        Assert.Equal(20m, _orders.Refunded("4711"));
    }
}
