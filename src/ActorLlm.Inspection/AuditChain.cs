using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ActorLlm.Inspection;

/// <summary>
/// Ties each row of the audit log to all rows before it, so that none can be changed, taken out or put in without all later hashes being made anew.
/// </summary>
/// <remarks>
/// A row's hash is the SHA-256, in lower hexadecimal digits, of its fields from <see cref="AuditEntry.Number"/> to <see cref="AuditEntry.Previous"/> in
/// the record's order, each written as its length in UTF-8 bytes, a colon, the text, and a comma. <see cref="AuditEntry.At"/> is written in Unix milliseconds.
/// </remarks>
public sealed class AuditChain
{
    /// <summary>What stands for the row before the first.</summary>
    public static readonly string Start = new('0', 2 * SHA256.HashSizeInBytes);

    private string? _problem;

    /// <summary>How many rows were in order so far.</summary>
    public long Rows { get; private set; }

    /// <summary>The hash of the last row in order.</summary>
    public string Head { get; private set; } = Start;

    /// <summary>The hash that a row must have.</summary>
    public static string HashOf(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var text = new StringBuilder();
        foreach (var field in (ReadOnlySpan<string>)
            [Whole(entry.Number), Whole(entry.At.ToUnixTimeMilliseconds()), entry.Node, entry.Who, entry.Address, entry.Action, entry.Target, Whole(entry.Of), entry.Outcome, entry.Previous])
        {
            text.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(field)}:{field},");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Looks at the next row; what comes after one that is not in order is not looked at.</summary>
    /// <returns>Whether all rows are in order so far.</returns>
    public bool Add(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (_problem is not null) return false;
        _problem = Problem(entry);
        if (_problem is not null) return false;
        (Rows, Head) = (entry.Number, entry.Hash);
        return true;
    }

    /// <summary>What was found.</summary>
    public AuditCheck Check() => new(_problem is null, Rows, Head, _problem ?? "");

    private string? Problem(AuditEntry entry)
    {
        if (entry.Number != Rows + 1) return $"After row {Rows} comes row {entry.Number}: what was between them was taken out.";
        if (entry.Previous != Head) return $"Row {entry.Number} does not follow the row before it: that one was changed, or this one was put in.";
        return entry.Hash == HashOf(entry) ? null : $"Row {entry.Number} was changed: its content has another hash.";
    }

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);
}
