using System.Text;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Chat;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Items;
using ActorLlm.Gateway.Streams;
using ActorLlm.Hosting;
using ActorLlm.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Responses;

/// <summary>Responses that nobody stores. What they go on from is read, and nothing is written.</summary>
internal sealed class DirectResponses(
    IDirectCalls calls, IConversations conversations, DirectPlaces places, IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly GatewayOptions _options = options.Value;

    /// <summary>Answers the request, or gives the error to answer with.</summary>
    public async Task<ApiError?> HandleAsync(HttpContext http, ResponseAsk ask, TurnRequest request)
    {
        if (places.Enter(http) is { } full) return full;
        RequestMetrics.CalledDirectly(Names.Responses);
        try
        {
            var content = ask.Content;
            if (ask.Previous is not null || request.MustExist)
            {
                var view = await conversations.GetAsync(request.Conversation, http.RequestAborted);
                if (request.MustExist && !view.Exists) return Failures.NoConversation(request.Conversation.Name, "conversation");
                if (Predecessor.Inherit(view, request.After, ask, out content) is { } lost) return lost;
            }

            var head = new ResponseHead(ResponseId.Loose(), time.GetUtcNow().ToUnixTimeSeconds(), ask.Model, content, ask.Note, ItemId.Loose());
            return ask.Stream ? await StreamAsync(http, head) : await CompleteAsync(http, head);
        }
        finally
        {
            places.Leave();
        }
    }

    private async Task<ApiError?> StreamAsync(HttpContext http, ResponseHead head)
    {
        var frames = new ResponseFrames(http.Response.BodyWriter, head, startingAfter: -1);
        using var stream = new EventStream(http, frames, _options.HeartbeatInterval, time, promised: true);
        // The end of a direct call does not repeat its text, and the end of a response does.
        var (text, thoughts) = (new StringBuilder(), new StringBuilder());
        return await stream.RunAsync(stop => calls.StreamAsync(head.Content, stop), update =>
        {
            var step = DirectChat.Step(update);
            text.Append(step.Text);
            thoughts.Append(step.Reasoning);
            // It is shown with the end, as a stored turn's, and what is not shown yet begins no answer.
            return step.End is Outcome.Committed { Reply: var reply }
                ? new StreamStep(End: new Outcome.Committed(reply with { Text = text.ToString(), Reasoning = thoughts.ToString() }))
                : step with { Reasoning = null };
        });
    }

    private async Task<ApiError?> CompleteAsync(HttpContext http, ResponseHead head)
    {
        var (choices, late) = await DirectChat.GatherAsync(http, 1, stop => ChoiceCalls.StreamAsync(calls, head.Content, 1, stop), _options.MaxWait, time);
        if (choices is not [{ Reply: var reply }]) return late;
        await ResponseJson.WriteAsync(http.Response, ResponseJson.Ended(head, new Outcome.Committed(reply)));
        return null;
    }
}
