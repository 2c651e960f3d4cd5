using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ActorLlm.Telemetry;

/// <summary>What every room tells through: one source of spans and one meter. Nobody who does not listen pays for either.</summary>
internal static class Sources
{
    /// <summary>The name of both.</summary>
    public const string Name = "ActorLlm";

    public static readonly ActivitySource Spans = new(Name);

    public static readonly Meter Meter = new(Name);
}

/// <summary>The names of spans, and of what stands on spans and measurements. Those of OpenTelemetry's GenAI conventions begin with <c>gen_ai</c>.</summary>
internal static class Names
{
    public const string TurnSpan = "turn";
    public const string AcceptSpan = "accept";
    public const string AttemptSpan = "attempt";
    public const string LostAttemptSpan = "attempt lost";
    public const string CommitSpan = "commit";

    public const string ConversationId = "gen_ai.conversation.id";
    public const string Operation = "gen_ai.operation.name";
    public const string Provider = "gen_ai.provider.name";
    public const string RequestModel = "gen_ai.request.model";
    public const string TokenType = "gen_ai.token.type";
    public const string InputTokens = "gen_ai.usage.input_tokens";
    public const string OutputTokens = "gen_ai.usage.output_tokens";
    public const string FinishReasons = "gen_ai.response.finish_reasons";
    public const string InputMessages = "gen_ai.input.messages";
    public const string OutputMessages = "gen_ai.output.messages";
    public const string ErrorType = "error.type";

    public const string TurnId = "actorllm.turn.id";
    public const string Attempt = "actorllm.attempt";
    public const string Backend = "actorllm.backend";
    public const string Node = "actorllm.node";
    public const string Outcome = "actorllm.outcome";
    public const string State = "actorllm.state";
    public const string Direction = "actorllm.direction";
    public const string ErrorCode = "actorllm.error.code";

    public const string Chat = "chat";
    public const string Embeddings = "embeddings";
    public const string Responses = "responses";
    public const string Input = "input";
    public const string Output = "output";
}
