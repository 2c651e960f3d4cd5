using System.Text;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Streams;
using ActorLlm.Hosting;
using ActorLlm.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ActorLlm.Gateway.Chat;

/// <summary>Chat completions that nobody stores: this node calls the backend itself, once, for as long as the client waits.</summary>
internal sealed class DirectChat(IDirectCalls calls, DirectPlaces places, IOptions<GatewayOptions> options, TimeProvider time)
{
    private readonly GatewayOptions _options = options.Value;

    /// <summary>Answers the request, or gives the error to answer with.</summary>
    public async Task<ApiError?> HandleAsync(HttpContext http, ChatAsk ask)
    {
        if (places.Enter(http, ask.Choices) is { } full) return full;
        RequestMetrics.CalledDirectly(Names.Chat);
        try
        {
            return ask.Stream ? await StreamAsync(http, ask) : await CompleteAsync(http, ask);
        }
        finally
        {
            places.Leave(ask.Choices);
        }
    }

    private async Task<ApiError?> StreamAsync(HttpContext http, ChatAsk ask)
    {
        var head = new CompletionHead(Ids.NewCompletion(), time.GetUtcNow().ToUnixTimeSeconds(), ask.Model);
        var frames = new ChoiceFrames([.. Enumerable.Range(0, ask.Choices).Select(
            choice => new ChunkWriter(http.Response.BodyWriter, head with { Choice = choice }, ask.IncludeUsage, resumeAt: null))]);
        using var stream = new EventStream(http, frames, _options.HeartbeatInterval, time, promised: true);
        var unfinished = ask.Choices;
        return await stream.RunAsync(
            stop => ChoiceCalls.StreamAsync(calls, ask.Content, ask.Choices, stop),
            next => Step(next.Update) with { Choice = next.Choice, Others = next.Update is DirectUpdate.Ended && --unfinished > 0 });
    }

    private async Task<ApiError?> CompleteAsync(HttpContext http, ChatAsk ask)
    {
        var (choices, late) = await GatherAsync(
            http, ask.Choices, stop => ChoiceCalls.StreamAsync(calls, ask.Content, ask.Choices, stop), _options.MaxWait, time);
        if (choices is not [{ Reply: var reply }, ..]) return late;
        var head = new CompletionHead(
            Ids.NewCompletion(), time.GetUtcNow().ToUnixTimeSeconds(), reply.Model.Length > 0 ? reply.Model : ask.Model);
        await CompletionJson.WriteWholeAsync(http.Response, head, choices);
        return null;
    }

    /// <summary>What an update of a direct call means to a stream.</summary>
    public static StreamStep Step(DirectUpdate update) => update switch
    {
        DirectUpdate.Text text => new StreamStep(Text: text.Delta),
        DirectUpdate.Logprobs tokens => new StreamStep(Logprobs: tokens),
        DirectUpdate.Reasoning thought => new StreamStep(Reasoning: thought.Delta),
        DirectUpdate.Ended ended => new StreamStep(End: new Outcome.Committed(ended.Reply)),
        _ => default,
    };

    /// <summary>Waits for the whole replies of direct calls, or gives the error to answer with.</summary>
    public static async Task<(Choice[]? Choices, ApiError? Error)> GatherAsync(
        HttpContext http, int count, Func<CancellationToken, IAsyncEnumerable<(int Choice, DirectUpdate Update)>> open, TimeSpan maxWait, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(maxWait, time);
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            return await GatherAsync(open(wait.Token), count) is { } choices
                ? (choices, null)
                : (null, ApiError.Passing("internal_error", "The call ended without a reply. Ask again."));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested)
        {
            return (null, ApiError.Final(504, "timeout", $"No reply within {maxWait}. The call was broken off, and nothing of it is kept."));
        }
    }

    private static async Task<Choice[]?> GatherAsync(IAsyncEnumerable<(int Choice, DirectUpdate Update)> updates, int count)
    {
        Gathered[] gathered = [.. Enumerable.Range(0, count).Select(_ => new Gathered())];
        await foreach (var (choice, update) in updates) gathered[choice].Add(update);
        Choice[] choices = [.. gathered.Select(one => one.Choice).OfType<Choice>()];
        return choices.Length == count ? choices : null;
    }

    private sealed class Gathered
    {
        private readonly StringBuilder _text = new();
        private readonly StringBuilder _reasoning = new();
        private readonly LogprobsJson _logprobs = new();
        private Reply? _reply;

        /// <summary>The whole of it; null where it has no end.</summary>
        public Choice? Choice => _reply is null ? null : new Choice(_reply with { Text = _text.ToString(), Reasoning = _reasoning.ToString() }, _logprobs);

        public void Add(DirectUpdate update)
        {
            if (update is DirectUpdate.Text piece) _text.Append(piece.Delta);
            else if (update is DirectUpdate.Reasoning thought) _reasoning.Append(thought.Delta);
            else if (update is DirectUpdate.Logprobs tokens) _logprobs.Add(tokens);
            else if (update is DirectUpdate.Ended ended) _reply = ended.Reply;
        }
    }
}
