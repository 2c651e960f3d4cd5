using System.Globalization;

namespace CustomerService;

/// <summary>The shop's orders and refunds.</summary>
public sealed class Orders(ShopDatabase database)
{
    /// <summary>Adds an order unless it is there.</summary>
    public void Add(string number, string item, decimal price, string state) => database.Run(
        "INSERT INTO placed_order (number, item, cents, state) VALUES ($number, $item, $cents, $state) ON CONFLICT DO NOTHING",
        ("$number", number), ("$item", item), ("$cents", Cents(price)), ("$state", state));

    /// <summary>What is known of an order, in words.</summary>
    public string Describe(string number)
    {
        var found = database.Read(
            "SELECT item, cents, state FROM placed_order WHERE number = $number",
            row => Say($"Order {number}: {row.GetString(0)}, {row.GetInt64(1) / 100m:0.00} EUR, {row.GetString(2)}"), ("$number", number));
        return found.Count == 0 ? $"There is no order {number}." : Say($"{found[0]}, refunded {Refunded(number):0.00} EUR.");
    }

    /// <summary>
    /// Pays money back. The same key is the same refund, however often it is asked for: the one thing that makes a call safe to repeat whose answer was lost.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is no such order, or less is left of its price.</exception>
    public string Refund(string idempotencyKey, string number, decimal amount)
    {
        if (amount <= 0) throw new InvalidOperationException($"{amount} EUR is no refund.");
        // One statement decides and writes, so that two refunds at once cannot both find the money that is there for one of them.
        var paid = database.Run(
            """
            INSERT INTO refund (idempotency_key, number, cents)
            SELECT $key, number, $cents FROM placed_order
            WHERE number = $number AND cents >= $cents + (SELECT coalesce(sum(cents), 0) FROM refund WHERE number = $number AND idempotency_key <> $key)
            ON CONFLICT DO NOTHING
            """,
            ("$key", idempotencyKey), ("$number", number), ("$cents", Cents(amount)));
        var known = database.Read("SELECT number, cents FROM refund WHERE idempotency_key = $key", row => (row.GetString(0), row.GetInt64(1)), ("$key", idempotencyKey));
        if (known.Count == 0) throw new InvalidOperationException(Say($"Order {number} has no {amount:0.00} EUR left to refund."));
        if (known[0] != (number, Cents(amount))) throw new InvalidOperationException("The key was used for another refund.");
        return Say($"{amount:0.00} EUR for order {number} {(paid > 0 ? "are" : "were")} refunded.");
    }

    /// <summary>How much of an order was paid back.</summary>
    public decimal Refunded(string number) =>
        database.Read("SELECT coalesce(sum(cents), 0) FROM refund WHERE number = $number", row => row.GetInt64(0), ("$number", number))[0] / 100m;

    private static long Cents(decimal amount) => (long)decimal.Round(amount * 100);

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
