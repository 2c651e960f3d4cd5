using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorLlm.Domain.Conversations;
using ActorLlm.Gateway.Errors;
using ActorLlm.Gateway.Items;
using ActorLlm.Gateway.Streams;

namespace ActorLlm.Gateway.Responses;

/// <summary>
/// A response as named events. Their sequence numbers do not count events but name places in the reply: a piece of text is as many places as it has
/// UTF-16 code units, every other event is one. So they are the same on every node and at every reading, however the text is cut into pieces. The low bits
/// of a number tell the text before it from another wording, which another attempt may have given it.
/// </summary>
/// <param name="output">The answer's body.</param>
/// <param name="head">The response.</param>
/// <param name="startingAfter">The last sequence number that the client has; -1 for none.</param>
internal sealed class ResponseFrames(PipeWriter output, ResponseHead head, int startingAfter) : IReplyFrames
{
    // Before the first piece of text come: created, in progress, the message, its part.
    private const int BeforeText = 4;

    // What is left of 31 bits for a reply of 1 MiB and the events around it.
    private const int MarkLength = 10;
    private const uint MarkBits = (1u << MarkLength) - 1;

    // What the client has is not the beginning of this reply: to go on would make of both a text that no model wrote.
    private static readonly ApiError ReadOther = ApiError.Invalid(
        "stream_diverged", "starting_after",
        "What was read up to starting_after is not the beginning of this reply: the number is of another response's stream, or a worker was lost and another one worded the reply "
        + "differently. Expected the sequence_number of an event of this stream, as it was sent. Leave it out for the whole reply.");

    private readonly Utf8JsonWriter _json = Json.Writer(output);
    private readonly int _startingAfter = startingAfter >> MarkLength;
    private readonly TextCursor _text = new(Math.Max((startingAfter >> MarkLength) - BeforeText + 1, 0), (uint)startingAfter, MarkBits);
    private int _place = -1;
    private bool _opened;

    public void Begin()
    {
        Event("response.created", ("response", ResponseJson.Unfinished(head, head.Note.Background ? "queued" : "in_progress")));
        Event("response.in_progress", ("response", ResponseJson.Unfinished(head, "in_progress")));
    }

    public int Skip(ReadOnlySpan<char> text) => _text.Skip(text);

    public void Text(ReadOnlySpan<char> text) => _text.Give(text, Delta);

    public ApiError? Refuse(Outcome? end)
    {
        if (_text.Diverges) return ReadOther;
        if (end is not Outcome.Committed || _text.ReachesResumption) return null;
        // A client that has the last event gets nothing, and knows that there is nothing more; beyond it nobody can have read.
        if (Last(end) is var last && _startingAfter > last >> MarkLength) return ReadFurther(last);
        return ((_text.Mark ^ (uint)startingAfter) & MarkBits) != 0 ? ReadOther : null;
    }

    public void Finish(Outcome end)
    {
        if (end is Outcome.Committed { Reply: var reply })
        {
            FinishMessage(reply);
            var position = head.FirstOutput + 1;
            var index = _opened ? 1 : 0;
            foreach (var call in reply.ToolCalls.AsSpan()) Call(call, head.ItemId("fc", position++), index++);
            if (reply.Reasoning.Length > 0) Thoughts(reply.Reasoning, head.ItemId("rs", position), index);
        }

        // The text of a reply that never came is kept by nobody: its end comes after whatever was read of it.
        if (end is not Outcome.Committed) _place = Math.Max(_place, _startingAfter);
        var response = ResponseJson.Ended(head, end);
        var name = response["status"]!.GetValue<string>() switch
        {
            "completed" => "response.completed",
            "incomplete" => "response.incomplete",
            _ => "response.failed",
        };
        Event(name, ("response", response));
    }

    // It has no place of its own in the reply: a client that goes on after its number misses nothing.
    public void Error(ApiError error)
    {
        error = ResponseFields.Renamed(error);
        Write("error", _place <= _startingAfter ? startingAfter : Number, [("code", error.Code), ("message", error.Message), ("param", error.Param)]);
    }

    public void Ping() => output.Write(": ping\n\n"u8);

    public ValueTask<FlushResult> FlushAsync() => output.FlushAsync();

    public void Dispose() => _json.Dispose();

    private ApiError ReadFurther(int last) => ApiError.InvalidValue(
        "starting_after",
        $"starting_after is {startingAfter}, beyond the end of this response's stream; expected the sequence_number of one of its events, at most {last}. Leave it out for the whole reply.");

    /// <summary>The number of the last event, found by writing all of them to nowhere.</summary>
    private int Last(Outcome end)
    {
        using var all = new ResponseFrames(PipeWriter.Create(Stream.Null), head, int.MaxValue);
        all.Begin();
        all.Skip(((Outcome.Committed)end).Reply.Text);
        all.Finish(end);
        return all.Number;
    }

    private string MessageId => head.ItemId("msg", head.FirstOutput);

    private void Open()
    {
        if (_opened) return;
        _opened = true;
        Event("response.output_item.added", ("output_index", 0), ("item", ItemJson.Message(MessageId, "in_progress")));
        Part("added", 0, ItemJson.OutputText(""));
    }

    private void FinishMessage(Reply reply)
    {
        // What was read before is part of the message too.
        if (reply.Text.Length > 0 || (reply.Refusal.Length == 0 && reply.ToolCalls.AsSpan().IsEmpty)) Open();
        var parts = new List<JsonNode?>();
        if (_opened)
        {
            _place = BeforeText - 1 + reply.Text.Length;
            Event("response.output_text.done", [.. At(0), ("text", reply.Text), ("logprobs", new JsonArray())]);
            Part("done", 0, ItemJson.OutputText(reply.Text));
            parts.Add(ItemJson.OutputText(reply.Text));
        }

        if (reply.Refusal.Length > 0) parts.Add(Refusal(reply.Refusal, parts.Count));
        if (parts.Count == 0) return;
        var status = ResponseJson.CutBy(reply) is null ? "completed" : "incomplete";
        Event("response.output_item.done", ("output_index", 0), ("item", ItemJson.Message(MessageId, status, [.. parts])));
    }

    private JsonObject Refusal(string text, int part)
    {
        if (!_opened)
        {
            _opened = true;
            Event("response.output_item.added", ("output_index", 0), ("item", ItemJson.Message(MessageId, "in_progress")));
        }

        Part("added", part, ItemJson.Refusal(""));
        Pieces(text, piece => Event("response.refusal.delta", piece.Length, [.. At(part), ("delta", piece)]));
        Event("response.refusal.done", [.. At(part), ("refusal", text)]);
        Part("done", part, ItemJson.Refusal(text));
        return ItemJson.Refusal(text);
    }

    private void Call(ToolCall call, string id, int index)
    {
        Event("response.output_item.added", ("output_index", index), ("item", ItemJson.Call(id, call, "", "in_progress")));
        Pieces(call.Arguments, piece => Event(
            "response.function_call_arguments.delta", piece.Length, ("item_id", id), ("output_index", index), ("delta", piece)));
        Event("response.function_call_arguments.done", ("item_id", id), ("output_index", index), ("name", call.Name), ("arguments", call.Arguments));
        Event("response.output_item.done", ("output_index", index), ("item", ItemJson.Call(id, call, call.Arguments, "completed")));
    }

    // A stored turn's thoughts are known with its end, and so behind everything else.
    private void Thoughts(string text, string id, int index)
    {
        (string, JsonNode?)[] At() => [("item_id", id), ("output_index", index), ("content_index", 0)];
        Event("response.output_item.added", ("output_index", index), ("item", ItemJson.Reasoning(id, "in_progress")));
        Event("response.content_part.added", [.. At(), ("part", ItemJson.ReasoningText(""))]);
        Pieces(text, piece => Event("response.reasoning_text.delta", piece.Length, [.. At(), ("delta", piece)]));
        Event("response.reasoning_text.done", [.. At(), ("text", text)]);
        Event("response.content_part.done", [.. At(), ("part", ItemJson.ReasoningText(text))]);
        Event("response.output_item.done", ("output_index", index), ("item", ItemJson.Reasoning(id, "completed", ItemJson.ReasoningText(text))));
    }

    private void Part(string what, int index, JsonObject part) => Event($"response.content_part.{what}", [.. At(index), ("part", part)]);

    private (string, JsonNode?)[] At(int part) => [("item_id", MessageId), ("output_index", 0), ("content_index", part)];

    private static void Pieces(ReadOnlySpan<char> text, Action<string> write)
    {
        while (TextCursor.Next(ref text) is { IsEmpty: false } piece) write(piece.ToString());
    }

    private void Delta(ReadOnlySpan<char> piece)
    {
        Open();
        _place = BeforeText - 1 + _text.Position;
        Write("response.output_text.delta", Number, [.. At(0), ("delta", piece.ToString()), ("logprobs", new JsonArray())]);
    }

    private void Event(string name, params (string Name, JsonNode? Value)[] fields) => Event(name, 1, fields);

    private void Event(string name, int advance, params (string Name, JsonNode? Value)[] fields)
    {
        _place += advance;
        if (_place > _startingAfter) Write(name, Number, fields);
    }

    private int Number => (_place << MarkLength) | (int)(_text.Mark & MarkBits);

    private void Write(string name, int number, (string Name, JsonNode? Value)[] fields)
    {
        output.Write(Encoding.ASCII.GetBytes($"event: {name}\ndata: "));
        var data = new JsonObject { ["type"] = name, ["sequence_number"] = number };
        foreach (var (field, value) in fields) data[field] = value;
        data.WriteTo(_json);
        _json.Flush();
        _json.Reset();
        output.Write("\n\n"u8);
    }
}
