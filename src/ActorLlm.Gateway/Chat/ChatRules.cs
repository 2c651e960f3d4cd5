using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;

namespace ActorLlm.Gateway.Chat;

/// <summary>What a chat completion request asks, checked.</summary>
/// <param name="Content">The turn.</param>
/// <param name="Model">The model's name as chunks show it: the one asked for, or the default's.</param>
/// <param name="Stream">Whether the reply is streamed.</param>
/// <param name="IncludeUsage">Whether the stream ends with the tokens used.</param>
/// <param name="Logprobs">Whether the log probabilities of the reply's tokens are asked for.</param>
/// <param name="Choices">How many replies are asked for.</param>
internal sealed record ChatAsk(TurnContent Content, string Model, bool Stream, bool IncludeUsage, bool Logprobs, int Choices);

/// <summary>What a chat completion request must be. Nothing that changes the reply is dropped in silence.</summary>
internal static class ChatRules
{
    private const int ModelsShown = 10;

    public static ApiError? Check(ChatBody body, IReadOnlyList<string> models, out ChatAsk? ask)
    {
        ask = null;
        if (MessageRules.Read(body.Messages, out var messages) is { } badMessages) return badMessages;
        if ((UnsupportedFields.Error(body) ?? SettingsRules.Error(body) ?? ModelError(body.Model, models)) is { } error) return error;
        if (FormRules.Read(body, SettingsRules.Read(body), out var settings) is { } badForm) return badForm;
        var content = new TurnContent(body.Model ?? "", messages, settings with { PassOn = PassOnBody.Write(body) });
        // Checked here and not only by the conversation: what is too large must not travel to it.
        if (ContentRules.Error(content, MaxBytes(body.Store)) is { } refused) return Failures.Of(refused.Code, refused.Reason);
        ask = new ChatAsk(
            content,
            Model: Shown(content.Model, models),
            Stream: body.Stream ?? false,
            IncludeUsage: body.StreamOptions?.IncludeUsage ?? false,
            Logprobs: body.Logprobs ?? false,
            Choices: body.N ?? 1);
        return null;
    }

    /// <summary>The most bytes of a content, beside the bound on the whole request: what is to be stored is refused again where it is, whatever was asked.</summary>
    public static long MaxBytes(bool? store) => store is false ? long.MaxValue : Limits.MaxContentBytes;

    /// <summary>A model's name as it is shown: the one asked for, or the default's.</summary>
    public static string Shown(string asked, IReadOnlyList<string> models) => asked.Length > 0 || models.Count == 0 ? asked : models[0];

    public static ApiError? ModelError(string? model, IReadOnlyList<string> models)
    {
        if (string.IsNullOrEmpty(model) || models.Contains(model, StringComparer.Ordinal)) return null;
        if (models.Count == 0)
            return ApiError.Unavailable(
                "no_models", "The cluster has no models; its backends are configured under ActorLlm:Backends.", TimeSpan.FromSeconds(1));
        return UnknownModel(model, models);
    }

    public static ApiError UnknownModel(string model, IReadOnlyList<string> models)
    {
        var more = models.Count > ModelsShown ? $" and {models.Count - ModelsShown} more (GET /v1/models)" : "";
        return ApiError.Rejected(
            404, "model_not_found",
            $"The model {ApiError.Show(model)} does not exist. Known are {string.Join(", ", models.Take(ModelsShown))}{more}.") with
        { Param = "model" };
    }
}
