using System.Text;

namespace ActorLlm.Gateway.Tests.Fuzzing;

/// <summary>Values that nobody expects, as pieces of a JSON text unless said otherwise.</summary>
internal static class OddValues
{
    public static readonly string[] OtherKinds =
    [
        "true", "false", "0", "1", "-1", "1.5", "\"\"", "\"text\"", "\"1\"", "\"true\"", "[]", "{}", "[[]]", "[null]", "[1,\"a\",{}]", "{\"\":0}", "{\"type\":null}",
        "{\"type\":\"function\"}", "[{\"type\":\"text\"}]", "[{\"type\":\"text\",\"text\":\"a\"}]", "[{\"type\":\"image_url\",\"image_url\":{}}]", "{\"role\":\"user\"}",
    ];

    public static readonly string[] Numbers =
    [
        "-1", "-0", "0", "1e400", "-1e400", "1e-400", "0.1", "1.0", "1e2", "2147483647", "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808",
        "-9223372036854775809", "123456789012345678901234567890123456789012345678901234567890", "0.00000000000000000000000000000000000000000000000001", "2.0000000000000004",
    ];

    public static readonly string[] NoNumbers = ["NaN", "Infinity", "-Infinity", "\"NaN\"", "\"Infinity\"", "01", "+1", "1.", ".5", "0x10", "1e", "--1", "1_000", "undefined"];

    public static readonly string[] HalfCharacters =
    [
        "\"\\ud800\"", "\"\\udfff\"", "\"a\\ud83d\"", "\"\\ude00\\ud83d\"", "\"\\ud83d\\ude00\"", "\"\\ud800\\ud800\"", "[\"\\ud800\"]", "{\"\\ud800\":1}", "{\"a\":\"\\udc00\"}",
        "[{\"type\":\"text\",\"text\":\"\\ud800\"}]", "[{\"type\":\"\\ud800\",\"text\":\"a\"}]", "[{\"type\":\"image_url\",\"image_url\":\"\\ud800\"}]",
    ];

    public static readonly string[] Texts =
    [
        "\"\\u0000\"", "\"\\u0000\\u0001\\u001f\"", "\"\\ufffe\\uffff\"", "\"\\u2028\\u2029\"", "\"\\u202e\"", "\"\\ufeffsim-1\"", "\"data: [DONE]\\n\\n\"", "\"\\r\\n\\r\\n\"",
        "\"😀😀😀\"", "\"a\\u0301\\u0302\\u0303\"", "\"'; DROP TABLE journal; --\"", "\"../../etc/passwd\"", "\"%00%ff\"", "\"{{7*7}}\"", "\"[[fault status=400]]\"", "\"[[reply nonsense]]\"",
        "\"<script>\"", "\"\\/\\b\\f\"", "\"sim-1 \"", "\"SIM-1\"", "\"org/sim-2\"", "\"no-such-model\"", "\"assistant\"", "\"tool\"", "\"system\"", "\"required\"", "\"json_schema\"",
        "\"data:image/png;base64,AAAA\"", "\"data:,\"", "\"http://[::1\"", "\"file:///etc/passwd\"", "\"javascript:0\"", "\"\\q\"", "\"\\u12\"", "\"\t\"", "\"open",
    ];

    public static readonly string[] Names =
    [
        "\"model\"", "\"messages\"", "\"stream\"", "\"store\"", "\"n\"", "\"seed\"", "\"stop\"", "\"tools\"", "\"tool_choice\"", "\"functions\"", "\"function_call\"", "\"audio\"",
        "\"modalities\"", "\"logprobs\"", "\"top_logprobs\"", "\"logit_bias\"", "\"metadata\"", "\"response_format\"", "\"parallel_tool_calls\"", "\"reasoning_effort\"", "\"max_tokens\"",
        "\"temperature\"", "\"tool_calls\"", "\"tool_call_id\"", "\"name\"", "\"content\"", "\"Model\"", "\"MESSAGES\"", "\"\"", "\" \"", "\"__proto__\"", "\"constructor\"", "\"$type\"", "\"$ref\"",
        "\"a.b\"", "\"a[0]\"", "\"$.error\"", "\"\\u0000\"", "\"\\ud800\"", "\"😀\"", "\"\\u006dodel\"", "\"conversation_id\"", "name", "'model'", "1", "null",
    ];

    /// <summary>Values of headers; no header can hold a line's end.</summary>
    public static string Header(Random random) => random.Next(14) switch
    {
        0 => "",
        1 => " ",
        2 => new string('x', random.Next(1, 200)),
        3 => new string('y', random.Next(1000, 12_000)),
        4 => "ключ-😀",
        5 => "a\tb",
        6 => "-1",
        7 => "99999999999999999999",
        8 => "../../x",
        9 => "%2F%00",
        10 => "a,b;c=\"d\"",
        11 => "k" + random.Next(8),
        12 => "\u00ff\u00fe",
        _ => Printable(random, random.Next(1, 40)),
    };

    /// <summary>A JSON text of any shape.</summary>
    public static string Json(Random random, int depth) => random.Next(depth > 0 ? 9 : 7) switch
    {
        0 => Of(random, OtherKinds),
        1 => Of(random, Numbers),
        2 => Of(random, Texts),
        3 => Of(random, HalfCharacters),
        4 => "null",
        5 => $"\"{new string('z', random.Next(20))}\"",
        6 => Of(random, NoNumbers),
        7 => $"[{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => Json(random, depth - 1)))}]",
        _ => $"{{{string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => $"{Of(random, Names)}:{Json(random, depth - 1)}"))}}}",
    };

    public static string Printable(Random random, int length)
    {
        var text = new StringBuilder(length);
        for (var at = 0; at < length; at++) text.Append((char)random.Next(' ', '~' + 1));
        return text.ToString();
    }

    public static T Of<T>(Random random, T[] values) => values[random.Next(values.Length)];
}
