using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Keys;
using ActorLlm.Gateway.Streams;
using ActorLlm.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Responses;

/// <summary><c>POST /v1/responses</c>: one durable turn, answered when it has ended, as it grows, or at once; or a direct call where nothing is to be stored.</summary>
internal sealed class ResponsesEndpoint(
    IConversations conversations, IModels models, DirectResponses direct, IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly GatewayOptions _options = options.Value;

    /// <summary>Answers the request, or gives the error to answer with.</summary>
    public async Task<ApiError?> HandleAsync(HttpContext http)
    {
        var (body, unreadable) = await JsonBody.ReadAsync(
            http.Request, _options.MaxRequestBytes, ResponseBodyContext.Default.ResponseBody, ResponseFields.ExpectedAt, http.RequestAborted,
            wellFormed: true);
        if (unreadable is not null) return unreadable;
        if (ResponseRules.Check(body!, models.Names, out var ask) is { } badAsk) return badAsk;
        if (TurnAddress.Read(http, ask!.Conversation, out var address) is { } badAddress) return badAddress;
        if (Address(http, ask, address, out var request) is { } badPrevious) return badPrevious;
        if (!ask.Store && !address.ClientKey) return await direct.HandleAsync(http, ask, request);
        http.Response.Headers[TurnAddress.KeyHeader] = request.Turn.Value;
        try
        {
            // A conversation that a client named has the turns that were sent to it, and no others.
            return ask.Previous is not null && !Ids.IsUnnamed(request.Conversation) ? await ForkAsync(http, request, ask) : await RunAsync(http, request, ask);
        }
        catch (TurnRejectedException rejected) when (rejected.Code == RejectionCode.NotTheLast)
        {
            return await ForkAsync(http, request, ask);
        }
        catch (TurnRejectedException rejected) when (rejected.Code == RejectionCode.NotFound)
        {
            return Failures.NoConversation(request.Conversation.Name, "conversation");
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
    private async Task<ApiError?> ForkAsync(HttpContext http, TurnRequest request, ResponseAsk ask)
    {
        var view = await conversations.GetAsync(request.Conversation, http.RequestAborted);
        if (Predecessor.Inherit(view, request.After, ask, out var content) is { } lost) return lost;
        var fork = Ids.ForkOf(request.Conversation, request.After!.Value, request.Turn);
        return await RunAsync(http, request with { Conversation = fork, Content = content, After = null }, ask);
    }

    private async Task<ApiError?> RunAsync(HttpContext http, TurnRequest request, ResponseAsk ask)
    {
        http.Response.Headers[TurnAddress.ConversationHeader] = request.Conversation.Name;
        var head = ResponseHead.Of(request.Conversation, request.Turn, time.GetUtcNow(), ask.Model, request.Content, ask.Note);
        if (ask.Stream) return await StreamAsync(http, request, head, startingAfter: -1);
        if (ask.Background) return await BeginAsync(http, request, head);
        return await CompleteAsync(http, request, head);
    }

    /// <summary>Streams a turn that is known by its content, from its beginning or from where the client has it.</summary>
    public async Task<ApiError?> StreamAsync(HttpContext http, TurnRequest request, ResponseHead head, int startingAfter)
    {
        var frames = new ResponseFrames(http.Response.BodyWriter, head, startingAfter);
        using var stream = new EventStream(http, frames, _options.HeartbeatInterval, time);
        return await stream.RunAsync(stop => conversations.StreamAsync(request, stop), static update => update switch
        {
            TurnUpdate.Text text => new StreamStep(Text: text.Delta),
            TurnUpdate.Settled { Diverged: true } => new StreamStep(Error: Failures.Diverged),
            TurnUpdate.Settled settled => new StreamStep(End: settled.Answer.Outcome),
            _ => default,
        });
    }

    private async Task<ApiError?> BeginAsync(HttpContext http, TurnRequest request, ResponseHead head)
    {
        var answer = await conversations.SubmitAsync(request, http.RequestAborted);
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
