using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace ActorLlm.Backends;

/// <summary>
/// Writes into the request what the chat client's abstraction would lose or change: fields that it has no word for, the schemas of tools and of
/// the answer, and the model's earlier calls of tools, all as they were given.
/// </summary>
internal sealed class OpenAIRequestClient(IChatClient inner, string continuation) : DelegatingChatClient(inner)
{
    private const string FormName = "reply";
    private const string GoOn = """{"continue_final_message":true,"add_generation_prompt":false}""";

    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(OpenAIHistory.WithRawCalls(messages), WithRaw(options), cancellationToken);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<Microsoft.Extensions.AI.ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetStreamingResponseAsync(OpenAIHistory.WithRawCalls(messages), WithRaw(options), cancellationToken);

    private ChatOptions? WithRaw(ChatOptions? options)
    {
        string? fields = PassOnFields.Of(options);
        bool goesOn = continuation == ContinuationMode.Vllm && Continuation.IsAsked(options);
        AIFunctionDeclaration[] tools = [.. options?.Tools?.OfType<AIFunctionDeclaration>() ?? []];
        if (fields is null && !goesOn && tools.Length == 0 && options?.ResponseFormat is not ChatResponseFormatJson { Schema: not null })
            return options;
        options = options!.Clone();
        if (fields is not null && HasMaxTokens(fields))
            options.MaxOutputTokens = null;
        options.RawRepresentationFactory = _ => Raw(options, tools, fields, goesOn ? GoOn : null);
        if (tools.Length > 0)
            options.Tools = OpenAITools.NamesOf(tools);
        return options;
    }

    private static bool HasMaxTokens(string fields)
    {
        using JsonDocument document = JsonDocument.Parse(fields);
        return document.RootElement.TryGetProperty(PassOnFields.MaxTokens, out _);
    }

    private static ChatCompletionOptions Raw(ChatOptions options, AIFunctionDeclaration[] tools, params IEnumerable<string?> fields)
    {
        var raw = new ChatCompletionOptions();
        if (options.ResponseFormat is ChatResponseFormatJson { Schema: { } schema } form)
        {
            bool? strict = options.AdditionalProperties?.TryGetValue(DeclaredTool.StrictProperty, out bool asked) == true ? asked : null;
            raw.ResponseFormat = OpenAI.Chat.ChatResponseFormat.CreateJsonSchemaFormat(
                form.SchemaName ?? FormName, BinaryData.FromString(schema.GetRawText()), form.SchemaDescription, strict);
        }
        if (tools.Length > 0)
            Set(raw, "tools", OpenAITools.Write(tools));
        foreach (string some in fields.OfType<string>())
            Write(raw, some);
        return raw;
    }

    private static void Write(ChatCompletionOptions raw, string fields)
    {
        using JsonDocument document = JsonDocument.Parse(fields);
        foreach (JsonProperty field in document.RootElement.EnumerateObject().Where(field => PassOnFields.IsName(field.Name)))
            Set(raw, field.Name, BinaryData.FromString(field.Value.GetRawText()));
    }

    private static void Set(ChatCompletionOptions raw, string field, BinaryData json)
    {
#pragma warning disable SCME0001 // The patch is the SDK's only way to members that it does not know; a test watches it.
        raw.Patch.Set(Encoding.UTF8.GetBytes("$." + field), json);
#pragma warning restore SCME0001
    }
}
