using System.Text;

namespace ActorLlm.Gateway.Tests.Fuzzing;

/// <summary>Makes requests that are odd in one way, or in several, from seeds.</summary>
internal static class OddRequests
{
    private const string Chat = "/v1/chat/completions";
    private const string Responses = "/v1/responses";

    // As clients send them: each is answered with a reply where nothing is odd.
    private static readonly (string Path, string Json)[] Templates =
    [
        (Chat, """{"model":"sim-1","messages":[{"role":"user","content":"Hi"}]}"""),
        (Chat, """{"model":"org/sim-2","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"One"},{"type":"image_url","image_url":{"url":"https://example.org/a.png","detail":"low"}}],"name":"ann"}],"stream":true,"stream_options":{"include_usage":true}}"""),
        (Chat, """{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"7"}],"tools":[{"type":"function","function":{"name":"f","description":"F.","parameters":{"type":"object","properties":{"a":{"type":"string"}}},"strict":true}}],"tool_choice":"auto","parallel_tool_calls":false}"""),
        (Chat, """{"model":"sim-1","messages":[{"role":"user","content":"Hi"}],"temperature":0.5,"top_p":1,"max_completion_tokens":20,"seed":-9,"frequency_penalty":-2,"presence_penalty":2,"stop":["a","b"],"n":1,"logprobs":false,"user":"u","metadata":{"conversation_id":"c/7","x":"y"},"service_tier":"auto","logit_bias":{"1":2}}"""),
        (Chat, """{"model":"sim-1","messages":[{"role":"developer","content":"JSON."},{"role":"user","content":"Hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"s","description":"S.","schema":{"type":"object"},"strict":true}},"reasoning_effort":"low","stop":"x"}"""),
        (Chat, """{"model":"sim-1","store":false,"messages":[{"role":"user","content":"Hi"}]}"""),
        (Chat, """{"model":"sim-1","store":false,"stream":true,"messages":[{"role":"user","content":"Hi"}]}"""),
        (Responses, """{"input":"Hi"}"""),
        (Responses, """{"model":"sim-1","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"One"},{"type":"input_image","image_url":"https://example.org/a.png","detail":"low"}]},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"7"}],"instructions":"Be brief.","tools":[{"type":"function","name":"f","parameters":{"type":"object"},"strict":true}],"tool_choice":{"type":"function","name":"f"},"stream":true}"""),
        (Responses, """{"input":"Hi","temperature":0.5,"top_p":1,"max_output_tokens":20,"metadata":{"a":"b"},"reasoning":{"effort":"low"},"text":{"verbosity":"low","format":{"type":"json_schema","name":"s","schema":{"type":"object"},"strict":true}},"user":"u","background":true,"truncation":"auto"}"""),
        (Responses, """{"model":"sim-1","store":false,"input":[{"role":"developer","content":"JSON."},{"role":"user","content":"Hi"}],"previous_response_id":null,"conversation":null}"""),
        ("/v1/conversations", """{"metadata":{"topic":"x"},"items":[{"type":"message","role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"output_text","text":"Hello"}]}]}"""),
    ];

    private static readonly OddKind[] Kinds = Enum.GetValues<OddKind>();

    /// <summary>The request of a seed.</summary>
    public static OddRequest Of(int seed)
    {
        var random = new Random(seed);
        var kind = Kinds[random.Next(Kinds.Length)];
        var (path, template) = OddValues.Of(random, Templates);
        var request = new OddRequest(seed, kind) { Target = path };
        var json = new OddJson(template, random);
        OddKind[] kinds = kind == OddKind.Several ? [Any(random), Any(random), Any(random)] : [kind];
        foreach (var one in kinds) Spoil(json, one, random);
        request.Body = Encoding.UTF8.GetBytes(json.ToString());
        foreach (var one in kinds)
        {
            request.Body = OddBytes.Spoil(request.Body, one, random);
            OddEnvelope.Spoil(request, one, random);
        }

        return request;
    }

    /// <summary>Every odd value in every place of every template, and under every name at its top, one after the other. Their numbers are no seeds.</summary>
    public static IEnumerable<OddRequest> Sweep()
    {
        (OddKind Kind, string[] Values)[] all =
        [
            (OddKind.NullField, ["null"]), (OddKind.RetypedField, OddValues.OtherKinds), (OddKind.OddNumber, OddValues.Numbers), (OddKind.NotANumber, OddValues.NoNumbers),
            (OddKind.HalfCharacter, OddValues.HalfCharacters), (OddKind.OddText, OddValues.Texts),
        ];
        var values = all.SelectMany(one => one.Values.Select(value => (one.Kind, Value: value))).ToArray();
        var number = 0;
        foreach (var template in Templates)
        {
            for (var place = new OddJson(template.Json, None).Count - 1; place >= 0; place--)
                foreach (var (kind, value) in values) yield return Swept(number++, kind, template, json => json.Replace(place, value));
        }

        foreach (var name in OddValues.Names)
            foreach (var (_, value) in values)
            {
                yield return Swept(number++, OddKind.OddName, Templates[0], json => json.AddAtTop(name, value));
                yield return Swept(number++, OddKind.OddName, Templates.First(template => template.Path == Responses), json => json.AddAtTop(name, value));
            }
    }

    private static Random None { get; } = new(0);

    private static OddRequest Swept(int number, OddKind kind, (string Path, string Json) template, Action<OddJson> spoil)
    {
        var json = new OddJson(template.Json, None);
        spoil(json);
        return new OddRequest(number, kind) { Target = template.Path, Body = Encoding.UTF8.GetBytes(json.ToString()) };
    }

    private static OddKind Any(Random random) => Kinds[random.Next(Kinds.Length - 1)];

    private static void Spoil(OddJson json, OddKind kind, Random random)
    {
        switch (kind)
        {
            case OddKind.DroppedField:
                for (var left = random.Next(1, 4); left > 0; left--) json.Drop();
                break;
            case OddKind.DuplicatedField:
                json.Duplicate(OddValues.Json(random, depth: 1));
                break;
            case OddKind.RetypedField:
                json.Replace(OddValues.Of(random, OddValues.OtherKinds));
                break;
            case OddKind.NullField:
                json.Replace("null");
                break;
            case OddKind.OddNumber:
                json.Replace(OddValues.Of(random, OddValues.Numbers));
                break;
            case OddKind.NotANumber:
                json.Replace(OddValues.Of(random, OddValues.NoNumbers));
                break;
            case OddKind.HugeText:
                json.Replace(HugeText(random));
                break;
            case OddKind.HugeArray:
                json.Replace($"[{string.Join(',', Enumerable.Repeat(OddValues.Of(random, OddValues.OtherKinds), random.Next(50, 5000)))}]");
                break;
            case OddKind.DeepNesting:
                json.Replace(Deep(random));
                break;
            case OddKind.HalfCharacter:
                json.Replace(OddValues.Of(random, OddValues.HalfCharacters));
                break;
            case OddKind.OddText:
                json.Replace(OddValues.Of(random, OddValues.Texts));
                break;
            case OddKind.OddName:
                json.Add(OddValues.Of(random, OddValues.Names), OddValues.Json(random, depth: 2));
                break;
            default:
                break;
        }
    }

    // One in twenty is larger than a body may be here, or its text than a turn's.
    private static string HugeText(Random random)
    {
        var length = random.Next(20) == 0 ? random.Next(200_000, 3_000_000) : random.Next(1000, 20_000);
        var piece = random.Next(4) switch { 0 => "x", 1 => "ж", 2 => "\\u0041", _ => "😀" };
        return $"\"{string.Concat(Enumerable.Repeat(piece, length / piece.Length))}\"";
    }

    private static string Deep(Random random)
    {
        var depth = random.Next(10) == 0 ? random.Next(1000, 100_000) : random.Next(2, 80);
        var (open, close) = random.Next(3) switch { 0 => ("[", "]"), 1 => ("{\"a\":", "}"), _ => ("[{\"content\":", "}]") };
        var ends = random.Next(4) > 0 ? depth : 0;
        return string.Concat(Enumerable.Repeat(open, depth)) + "1" + string.Concat(Enumerable.Repeat(close, ends));
    }
}
