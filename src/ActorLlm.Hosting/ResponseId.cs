using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using ActorLlm.Domain;

namespace ActorLlm.Hosting;

/// <summary>A response's id: it names the conversation and the turn, so that any node finds it. The tenant is that of the request.</summary>
internal static class ResponseId
{
    private const string Prefix = "resp_";
    private const char Between = '\n';

    public static string Of(ConversationId conversation, TurnId turn) =>
        Prefix + Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{conversation.Name}{Between}{turn}"));

    /// <summary>An id of a response that nobody keeps.</summary>
    public static string Loose() => Prefix + Ids.NewRandom();

    public static bool TryRead(string? id, string tenant, out ConversationId conversation, [NotNullWhen(true)] out TurnId? turn)
    {
        (conversation, turn) = (default, null);
        if (id is null || !id.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        var code = id.AsSpan(Prefix.Length);
        if (!Base64Url.IsValid(code)) return false;
        var names = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(code)).Split(Between);
        if (names.Length != 2 || !TurnId.TryParse(names[1], out var read, out _)) return false;
        turn = read;
        return ConversationId.TryParse($"{tenant}/{names[0]}", out conversation, out _);
    }
}
