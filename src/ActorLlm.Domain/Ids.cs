using System.Diagnostics.CodeAnalysis;

namespace ActorLlm.Domain;

/// <summary>Identifies a conversation: a tenant and a name within it, written <c>tenant/name</c>.</summary>
/// <remarks>Both parts are visible ASCII (0x21 to 0x7E); see <see cref="Limits"/> for their lengths. The tenant has no slash.</remarks>
public readonly record struct ConversationId
{
    /// <summary>The tenant used where none is named.</summary>
    public const string DefaultTenant = "default";

    private ConversationId(string value) => Value = value;

    /// <summary>The whole id, <c>tenant/name</c>.</summary>
    public string Value { get; }

    /// <summary>The tenant that owns the conversation.</summary>
    public string Tenant => Value[..Value.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The conversation's name within its tenant.</summary>
    public string Name => Value[(Value.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>Makes an id from a name in the default tenant.</summary>
    /// <exception cref="FormatException">The name is not valid; the message says why.</exception>
    public static ConversationId Of(string name) => Of(DefaultTenant, name);

    /// <summary>Makes an id from a tenant and a name.</summary>
    /// <exception cref="FormatException">A part is not valid; the message says why.</exception>
    public static ConversationId Of(string tenant, string name) => tenant.Contains('/', StringComparison.Ordinal)
        ? throw new FormatException("The tenant has a slash; it would name a conversation of another tenant.")
        : Parse($"{tenant}/{name}");

    /// <summary>Reads the form <c>tenant/name</c>.</summary>
    /// <exception cref="FormatException">The text is not valid; the message says why.</exception>
    public static ConversationId Parse(string text) =>
        TryParse(text, out var id, out var error) ? id : throw new FormatException(error);

    /// <summary>Reads the form <c>tenant/name</c>, or says what is wrong with it.</summary>
    public static bool TryParse(string? text, out ConversationId id, [NotNullWhen(false)] out string? error)
    {
        id = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (text is null || slash < 0)
        {
            error = "A conversation id is written tenant/name.";
            return false;
        }

        error = IdText.Check(text.AsSpan(0, slash), "tenant", Limits.MaxTenantLength)
            ?? IdText.Check(text.AsSpan(slash + 1), "conversation id", Limits.MaxIdLength);
        if (error is not null) return false;
        id = new ConversationId(text);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Identifies a turn within its conversation; chosen by the client, it is the idempotency key.</summary>
/// <remarks>Visible ASCII (0x21 to 0x7E), 1 to <see cref="Limits.MaxIdLength"/> characters.</remarks>
public readonly record struct TurnId
{
    private TurnId(string value) => Value = value;

    /// <summary>The id as the client wrote it.</summary>
    public string Value { get; }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException">The text is not valid; the message says why.</exception>
    public static TurnId Parse(string text) =>
        TryParse(text, out var id, out var error) ? id : throw new FormatException(error);

    /// <summary>Reads an id, or says what is wrong with it.</summary>
    public static bool TryParse(string? text, out TurnId id, [NotNullWhen(false)] out string? error)
    {
        error = IdText.Check(text, "turn id", Limits.MaxIdLength);
        id = error is null ? new TurnId(text!) : default;
        return error is null;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}

internal static class IdText
{
    public static string? Check(ReadOnlySpan<char> text, string what, int maxLength)
    {
        if (text.IsEmpty) return $"The {what} is empty; expected 1 to {maxLength} visible ASCII characters.";
        if (text.Length > maxLength) return $"The {what} has {text.Length} characters; at most {maxLength} are allowed.";
        var bad = text.IndexOfAnyExceptInRange('!', '~');
        return bad < 0
            ? null
            : $"The {what} has the character U+{(int)text[bad]:X4} at position {bad}; only visible ASCII (U+0021 to U+007E) is allowed.";
    }
}
