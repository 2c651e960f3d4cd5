using System.Globalization;
using ActorLlm.Domain;
using Microsoft.AspNetCore.Http;

namespace ActorLlm.Admin;

/// <summary>Reads a request's query; one that is not understood is refused, as an answer to another question would be taken for one to this.</summary>
internal static class Query
{
    /// <summary>Refuses parameters that nobody reads or that come twice.</summary>
    /// <exception cref="RefusedException">There are such.</exception>
    public static void Allow(HttpRequest request, params string[] names)
    {
        foreach (var (name, values) in request.Query)
        {
            if (!names.Contains(name, StringComparer.Ordinal))
            {
                throw RefusedException.Invalid(
                    $"The parameter {RefusedException.Show(name)} is not known; "
                    + (names.Length == 0 ? "none is expected here." : $"expected are {string.Join(", ", names)}."));
            }

            if (values.Count > 1) throw RefusedException.Invalid($"The parameter {name} was sent {values.Count} times; send it once.");
        }
    }

    /// <summary>A parameter; null where it was not sent, or is empty.</summary>
    public static string? Text(HttpRequest request, string name) => request.Query[name] is [{ Length: > 0 } text] ? text : null;

    /// <summary>A whole number; null where it was not sent.</summary>
    public static long? Whole(HttpRequest request, string name, long least, long most)
    {
        if (Text(request, name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw RefusedException.Invalid($"The parameter {name} is {RefusedException.Show(text)}; allowed is a whole number from {least} to {most}.");
    }

    /// <summary>The conversation that the parameter names.</summary>
    public static ConversationId Conversation(HttpRequest request, string name) => Text(request, name) is { } text
        ? Conversation(text, $"The parameter {name}")
        : throw RefusedException.Invalid($"The parameter {name} is missing; expected is a conversation, written tenant/name.");

    /// <summary>Reads a conversation's id.</summary>
    public static ConversationId Conversation(string text, string where) => ConversationId.TryParse(text, out var id, out var error)
        ? id
        : throw RefusedException.Invalid($"{where} is {RefusedException.Show(text)}, which is no conversation. {error} Such as {ConversationId.DefaultTenant}/my-chat.");

    /// <summary>A tenant, where one was named.</summary>
    public static string Tenant(string? text)
    {
        if (string.IsNullOrEmpty(text)) return ConversationId.DefaultTenant;
        if (text.Contains('/', StringComparison.Ordinal)) throw RefusedException.Invalid($"The tenant is {RefusedException.Show(text)}; a tenant has no slash.");
        return ConversationId.TryParse($"{text}/any", out _, out var error)
            ? text
            : throw RefusedException.Invalid($"The tenant is {RefusedException.Show(text)}, which is not valid. {error}");
    }
}
