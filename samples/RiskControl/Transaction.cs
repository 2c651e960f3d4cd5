using System.Text.Json;

namespace RiskControl;

/// <summary>A payment by card.</summary>
public sealed record Transaction(string Id, string Account, DateTimeOffset At, decimal Amount, string Country, string Merchant)
{
    /// <summary>Reads a line of JSON.</summary>
    /// <exception cref="FormatException">It is none, or lacks a field.</exception>
    public static Transaction Parse(string line)
    {
        try
        {
            var transaction = JsonSerializer.Deserialize<Transaction>(line, JsonSerializerOptions.Web);
            return transaction is { Id.Length: > 0, Account.Length: > 0, Country.Length: > 0, Merchant.Length: > 0 } && transaction.At != default
                ? transaction
                : throw new FormatException($"'{line}' is no transaction; expected id, account, at, amount, country and merchant.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"'{line}' is no transaction: {exception.Message}", exception);
        }
    }

    /// <summary>The line of JSON.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}

/// <summary>What was decided about a transaction; the reply of its turn.</summary>
/// <param name="Id">The transaction.</param>
/// <param name="Account">Its account.</param>
/// <param name="Alert">Whether people must look at it.</param>
/// <param name="Rule">The rule that found something; empty for none.</param>
/// <param name="By">Who decided: <c>rules</c> or <c>model</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record Ruling(string Id, string Account, bool Alert, string Rule, string By, string Reason)
{
    public const string ByRules = "rules";
    public const string ByModel = "model";

    public static Ruling Parse(string reply) => JsonSerializer.Deserialize<Ruling>(reply, JsonSerializerOptions.Web)!;

    public override string ToString() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);
}
