using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorLlm.Backends;

/// <summary>
/// Tells the tool calls of an answer apart where a server gives them no index, the same one, or no id, and puts their pieces into the form that
/// the OpenAI SDK reads.
/// </summary>
/// <param name="answer">What the ids are made of that the server does not give.</param>
internal sealed class ToolCallRepair(string answer)
{
    private const int IdBytes = 12;

    private readonly List<Call> _calls = [];

    /// <summary>Whether a call has no name yet.</summary>
    public bool AnyUnnamed => _calls.Exists(call => !call.IsNamed);

    /// <summary>Puts a piece right.</summary>
    /// <param name="piece">The piece of a chunk, or the call of a whole answer.</param>
    /// <param name="isWhole">Whether it is the call of a whole answer.</param>
    /// <exception cref="BackendException">It is no call of a function.</exception>
    public void Repair(JsonObject piece, bool isWhole)
    {
        if (Text(piece["type"]) is { Length: > 0 } type && type != "function")
            throw AnswerRepair.Useless($"it calls a tool of a type that is not supported ({type})");
        piece["type"] = "function";
        if (piece["function"] is not JsonObject function)
            piece["function"] = function = [];
        string arguments = function["arguments"] is JsonObject or JsonArray ? function["arguments"]!.ToJsonString() : Text(function["arguments"]) ?? "";
        function["arguments"] = arguments;
        string? name = Text(function["name"]);
        if (name is null)
            function.Remove("name");
        int? index = piece["index"] is JsonValue at && at.TryGetValue(out int number) ? number : null;
        Call? known = Find(Text(piece["id"]), index, isNamed: !string.IsNullOrEmpty(name), isWhole);
        Call call = known ?? Begin(Text(piece["id"]), index, name, arguments);
        call.IsNamed |= !string.IsNullOrEmpty(name);
        call.Add(arguments);
        piece["index"] = _calls.IndexOf(call);
        piece["id"] = call.Id;
    }

    private Call? Find(string? id, int? index, bool isNamed, bool isWhole)
    {
        if (isWhole)
            return null;
        if (!string.IsNullOrEmpty(id))
            return _calls.Find(call => call.Id == id);
        Call? call = index is null ? _calls.LastOrDefault() : _calls.FindLast(call => call.Index == index);
        // Two calls without ids in one place: the second has a name of its own, when the first has all it needs.
        return call is not null && isNamed && call.IsNamed && call.IsComplete ? null : call;
    }

    private Call Begin(string? id, int? index, string? name, string arguments)
    {
        bool isGiven = !string.IsNullOrEmpty(id);
        var call = new Call(isGiven ? id! : NewId(name, arguments), index, isGiven);
        _calls.Add(call);
        return call;
    }

    /// <summary>Made of what the call is, so that it can be told from those of other answers, also of a server that gives all of them one id.</summary>
    private string NewId(string? name, string arguments)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{answer}/{_calls.Count}/{name}/{arguments}"));
        return "call_" + Convert.ToHexStringLower(digest.AsSpan(0, IdBytes));
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() is JsonValueKind.String or JsonValueKind.Number ? node.ToString() : null;

    private sealed class Call(string id, int? index, bool isGiven)
    {
        private readonly StringBuilder _arguments = new();

        public string Id => id;

        public int? Index => index;

        public bool IsNamed { get; set; }

        /// <summary>Whether its arguments are whole; not known of one whose server gives ids, which tell its calls apart.</summary>
        public bool IsComplete
        {
            get
            {
                if (isGiven)
                    return false;
                var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(_arguments.ToString()));
                try
                {
                    return reader.Read() && reader.TrySkip() && !reader.Read();
                }
                catch (JsonException)
                {
                    return false;
                }
            }
        }

        public void Add(string arguments)
        {
            if (!isGiven)
                _arguments.Append(arguments);
        }
    }
}
