using ActorLlm.Domain;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Keys;
using ActorLlm.Gateway.Streams;
using ActorLlm.Hosting;
using ActorLlm.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Responses;

/// <summary><c>POST /v1/responses</c>: one durable turn, answered when it has ended, as it grows, or at once; or a direct call where nothing is to be stored.</summary>
internal sealed class ResponsesEndpoint(
    IConversations conversations, IConversationRecords records, IModels models, DirectResponses direct, WebhookHeader webhook, IOptions<GatewayOptions> options,
    TimeProvider time)
{
    private readonly GatewayOptions _options = options.Value;

    /// <summary>Answers the request, or gives the error to answer with.</summary>
    public async Task<ApiError?> HandleAsync(HttpContext http)
    {
        try
        {
            return await AnswerAsync(http) is { } error ? ResponseFields.Renamed(error) : null;
        }
        catch (Exception exception) when (!http.Response.HasStarted && Failures.Of(exception) is { } known)
        {
            return ResponseFields.Renamed(known);
        }
    }

    private async Task<ApiError?> AnswerAsync(HttpContext http)
    {
        var (body, unreadable) = await JsonBody.ReadAsync(
            http.Request, _options.MaxRequestBytes, ResponseBodyContext.Default.ResponseBody, ResponseFields.ExpectedAt, http.RequestAborted,
            wellFormed: true);
        if (unreadable is not null) return unreadable;
        if (ResponseRules.Check(body!, models.Names, out var ask) is { } badAsk) return badAsk;
        if (TurnAddress.Read(http, ask!.Conversation, out var address, "conversation") is { } badAddress) return badAddress;
        if (address.ClientConversation) ask = ask.Of(address.Conversation);
        if (Address(http, ask, address, out var request) is { } badPrevious) return badPrevious;
        MeasuredRequest.Of(http)?.Asks(Names.Responses, ask.Model);
        // As in a chat: a key, or a conversation that was named for the turn to be kept in, asks for what only a stored turn can give.
        var stored = ask.Store || address.ClientKey || (address.ClientConversation && ask.Conversation is null);
        if (webhook.Check(http, stored) is { } badWebhook) return badWebhook;
        if (!stored) return await direct.HandleAsync(http, ask, request);
        http.Response.Headers[TurnAddress.KeyHeader] = request.Turn.Value;
        try
        {
            // A conversation that a client named has the turns that were sent to it, and no others.
            return ask.Previous is not null && !Ids.IsUnnamed(request.Conversation)
                ? await ForkAsync(http, request, ask, address.ClientKey)
                : await RunAsync(http, request, ask);
        }
        catch (TurnRejectedException rejected) when (rejected.Code == RejectionCode.NotTheLast)
        {
            return await ForkAsync(http, request, ask, address.ClientKey);
        }
        catch (TurnRejectedException rejected) when (rejected.Code == RejectionCode.NotFound && (request.MustExist || ask.Previous is not null))
        {
            return ask.Previous is { } previous ? Predecessor.NotFound(previous) : Failures.NoConversation(request.Conversation.Name, "conversation");
        }
    }

    private static ApiError? Address(HttpContext http, ResponseAsk ask, in TurnAddress address, out TurnRequest request)
    {
        request = new TurnRequest(address.Conversation, address.Turn, ask.Content) { Overlap = address.Overlap, MustExist = ask.Conversation is not null };
        if (ask.Previous is not { } previous) return null;
        if (address.ClientConversation)
            return ApiError.InvalidValue("previous_response_id", $"previous_response_id and {TurnAddress.ConversationHeader} cannot be used together; send one of them.");
        if (!ResponseId.TryRead(previous, http.Tenant(), out var conversation, out var after)) return Predecessor.NotFound(previous);
        request = request with { Conversation = conversation, After = after };
        return null;
    }

    /// <summary>Goes on from an earlier response in a conversation of its own.</summary>
    private async Task<ApiError?> ForkAsync(HttpContext http, TurnRequest request, ResponseAsk ask, bool mayRepeat)
    {
        var fork = Ids.ForkOf(request.Conversation, request.After!.Value, request.Turn);
        // What was copied once stays what it was, though the earlier conversation may have forgotten some of it since.
        if (!mayRepeat || await KnownAsync(http, fork, request.Turn, ask) is not { } content)
        {
            var view = await conversations.GetAsync(request.Conversation, http.RequestAborted);
            if (Predecessor.Inherit(view, request.After, ask, out content) is { } lost) return lost;
        }

        return await RunAsync(http, request with { Conversation = fork, Content = content, After = null }, ask);
    }

    /// <summary>The content of the fork's turn, where the same request was sent before; null where none was.</summary>
    private async Task<TurnContent?> KnownAsync(HttpContext http, ConversationId fork, TurnId turn, ResponseAsk ask)
    {
        TurnContent content;
        try
        {
            content = (await records.ReadAsync(fork, turn, http.RequestAborted)).Content;
        }
        catch (TurnRejectedException rejected) when (rejected.Code == RejectionCode.NotFound)
        {
            return null;
        }

        // Another request under the same key is refused by its own content, as anywhere.
        return ResponseNote.Parse(content.Note) is { } note
            && content with { Messages = [.. content.Messages.Skip(note.Inherited)], Note = note.Own().Write() } == ask.Content
                ? content
                : ask.Content;
    }

    private async Task<ApiError?> RunAsync(HttpContext http, TurnRequest request, ResponseAsk ask)
    {
        http.Response.Headers[TurnAddress.ConversationHeader] = request.Conversation.Name;
        http.Response.Headers[TurnHeader.Name] = TurnHeader.Of(request.Conversation, request.Turn);
        var head = ResponseHead.Of(request.Conversation, request.Turn, time.GetUtcNow(), ask.Model, request.Content, ask.Note);
        await webhook.OweAsync(http, request);
        if (ask.Stream) return await StreamAsync(http, request, head, startingAfter: -1);
        if (ask.Background) return await BeginAsync(http, request, head);
        return await CompleteAsync(http, request, head);
    }

    /// <summary>Streams a turn that is known by its content, from its beginning or from where the client has it.</summary>
    public async Task<ApiError?> StreamAsync(HttpContext http, TurnRequest request, ResponseHead head, int startingAfter)
    {
        var frames = new ResponseFrames(http.Response.BodyWriter, head, startingAfter);
        using var stream = new EventStream(http, frames, _options.HeartbeatInterval, time);
        return await stream.RunAsync(stop => conversations.StreamAsync(request, stop), update =>
        {
            if (update is TurnUpdate.Accepted accepted) RateLimitHeaders.SetTurns(http, accepted.Unfinished);
            return update switch
            {
                TurnUpdate.Text text => new StreamStep(Text: text.Delta),
                TurnUpdate.Settled { Answer.Outcome: Outcome.Committed, Diverged: true } => new StreamStep(Error: Failures.Diverged),
                TurnUpdate.Settled settled => new StreamStep(End: settled.Answer.Outcome),
                _ => default,
            };
        });
    }

    private async Task<ApiError?> BeginAsync(HttpContext http, TurnRequest request, ResponseHead head)
    {
        var answer = await conversations.SubmitAsync(request, http.RequestAborted);
        RateLimitHeaders.SetTurns(http, answer.Unfinished);
        var response = answer is TurnSettled settled ? ResponseJson.Ended(head, settled.Outcome) : ResponseJson.Unfinished(head, ResponseReads.StatusOf(answer));
        await ResponseJson.WriteAsync(http.Response, response);
        return null;
    }

    private async Task<ApiError?> CompleteAsync(HttpContext http, TurnRequest request, ResponseHead head)
    {
        using var limit = new CancellationTokenSource(_options.MaxWait, time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            var settled = await conversations.CompleteAsync(request, wait.Token);
            RateLimitHeaders.SetTurns(http, settled.Unfinished);
            if (Failures.Of(settled.Outcome) is { } failed) return failed;
            await ResponseJson.WriteAsync(http.Response, ResponseJson.Ended(head, settled.Outcome));
            return null;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            return ApiError.Final(504, "turn_pending", $"No reply within {_options.MaxWait}. The turn goes on: GET /v1/responses/{head.Id} has its reply once it ends.");
        }
    }
}
