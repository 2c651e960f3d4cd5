using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Streams;
using ActorLlm.Hosting;
using ActorLlm.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Chat;

/// <summary><c>POST /v1/chat/completions</c>: one durable turn, its reply whole or streamed, or a direct call where nothing is to be stored.</summary>
internal sealed class ChatEndpoint(
    IConversations conversations, IModels models, DirectChat direct, WebhookHeader webhook, IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly GatewayOptions _options = options.Value;

    /// <summary>Answers the request, or gives the error to answer with.</summary>
    public async Task<ApiError?> HandleAsync(HttpContext http)
    {
        var (body, unreadable) = await ChatBodyReader.ReadAsync(http.Request, _options.MaxRequestBytes, http.RequestAborted);
        if (unreadable is not null) return unreadable;
        if (TurnAddress.Read(http, body!.Metadata?.ConversationId, out var address) is { } badAddress) return badAddress;
        if (ChatRules.Check(body, models.Names, out var ask) is { } badAsk) return badAsk;
        MeasuredRequest.Of(http)?.Asks(Names.Chat, ask!.Model);
        if (ResumePoint.Read(http.Request.Headers, address.ClientKey, out var resumeAt) is { } badPoint) return badPoint;
        // A key or a conversation asks for what only a stored turn can give.
        var stored = body.Store is not false || address.ClientKey || address.ClientConversation;
        if (webhook.Check(http, stored) is { } badWebhook) return badWebhook;
        if (!stored) return await direct.HandleAsync(http, ask!);
        if (ask!.Choices > 1) return NotStored("n", "n above 1");
        // They can be a thousand times the text, which is more than a conversation can keep.
        if (ask.Logprobs) return NotStored("logprobs", "logprobs");
        // Before the turn is sent, so that a client can come back for its turn whatever happens next.
        http.Response.Headers[TurnAddress.KeyHeader] = address.Turn.Value;
        http.Response.Headers[TurnAddress.ConversationHeader] = address.Conversation.Name;
        http.Response.Headers[TurnHeader.Name] = TurnHeader.Of(address.Conversation, address.Turn);
        var request = new TurnRequest(address.Conversation, address.Turn, ask.Content) { Overlap = address.Overlap };
        try
        {
            await webhook.OweAsync(http, request);
            return ask.Stream ? await StreamAsync(http, request, ask, resumeAt) : await CompleteAsync(http, request, address.ClientKey);
        }
        catch (TurnRejectedException rejected) when (rejected.Code == RejectionCode.NotFound)
        {
            // It comes into being by its first turn, unless it was deleted.
            return Failures.NoConversation(request.Conversation.Name, TurnAddress.ConversationHeader);
        }
    }

    private async Task<ApiError?> StreamAsync(HttpContext http, TurnRequest request, ChatAsk ask, ResumePoint resumeAt)
    {
        var id = Ids.CompletionOf(request.Conversation, request.Turn);
        var head = new CompletionHead(id, time.GetUtcNow().ToUnixTimeSeconds(), ask.Model);
        var frames = new ChunkWriter(http.Response.BodyWriter, head, ask.IncludeUsage, resumeAt);
        using var stream = new EventStream(http, frames, _options.HeartbeatInterval, time);
        return await stream.RunAsync(stop => conversations.StreamAsync(request, stop), update => Step(http, update));
    }

    private static ApiError NotStored(string field, string asked) => ApiError.Unsupported(
        field, $"{asked} is not supported for a turn that is stored; send \"store\": false, and neither {TurnAddress.KeyHeader} nor a conversation.");

    private static StreamStep Step(HttpContext http, TurnUpdate update)
    {
        if (update is TurnUpdate.Accepted accepted) RateLimitHeaders.SetTurns(http, accepted.Unfinished);
        return Step(update);
    }

    private static StreamStep Step(TurnUpdate update) => update switch
    {
        TurnUpdate.Text text => new StreamStep(Text: text.Delta),
        TurnUpdate.Settled { Answer.Outcome: Outcome.Committed, Diverged: true } => new StreamStep(Error: Failures.Diverged),
        TurnUpdate.Settled { Answer.Outcome: Outcome.Committed committed } => new StreamStep(End: committed),
        TurnUpdate.Settled settled => new StreamStep(Error: Failures.Of(settled.Answer.Outcome)),
        _ => default,
    };

    private async Task<ApiError?> CompleteAsync(HttpContext http, TurnRequest request, bool clientKey)
    {
        using var limit = new CancellationTokenSource(_options.MaxWait, time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        TurnSettled settled;
        try
        {
            settled = await conversations.CompleteAsync(request, wait.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            return StillRunning(request, clientKey);
        }

        RateLimitHeaders.SetTurns(http, settled.Unfinished);
        if (settled.Outcome is not Outcome.Committed { Reply: var reply }) return Failures.Of(settled.Outcome);
        var head = new CompletionHead(
            Ids.CompletionOf(request.Conversation, request.Turn), settled.At.ToUnixTimeSeconds(),
            reply.Model.Length > 0 ? reply.Model : request.Content.Model);
        await CompletionJson.WriteWholeAsync(http.Response, head, [new Choice(reply, new LogprobsJson())]);
        return null;
    }

    // A client that retries by itself finds the turn again only under a key of its own; without one it would start another.
    private ApiError StillRunning(TurnRequest request, bool clientKey) =>
        ApiError.Final(
            504, "turn_pending",
            $"No reply within {_options.MaxWait}. The turn goes on: to get its reply, send the same request with the headers "
            + $"{TurnAddress.KeyHeader}: {request.Turn} and {TurnAddress.ConversationHeader}: {request.Conversation.Name}.") with
        { Retry = clientKey };
}
