namespace ActorLlm.Gateway.Tests.Fuzzing;

/// <summary>What can be odd about a request besides its body.</summary>
internal static class OddEnvelope
{
    private static readonly string?[] ContentTypes =
    [
        null, "", "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/json; charset=\"UTF-8\"",
        "application/json; charset=", "application/json;;;", "application/json; charset=utf-8; charset=latin1", "application/vnd.api+json", "APPLICATION/JSON", "json", "/", "application/", "*/*", "😀",
    ];

    private static readonly string[] ContentEncodings = ["gzip", "br", "identity", "deflate, gzip", "", "x", "identity, identity", "😀"];

    private static readonly string[] Queries =
    [
        "?", "?stream=true", "?a=b&a=c", "?%zz", "?%00", "?%ff%fe", "?=", "?&&&&", "?a[]=1", "?api-version=2024-10-21", "?😀", "??", "?a=%ud800", "?" + new string('q', 3000),
    ];

    private static readonly string[] Paths =
    [
        "/v1/chat/completions/", "/v1/chat/completions/x", "/v1/chat", "/v1", "/v1/", "/v1/Chat/COMPLETIONS", "/v1//chat/completions", "/v1/chat%2Fcompletions", "/v1/models", "/v1/models/a%2Fb",
        "/v1/models/😀", "/v1/models/%ff", "/v1/completions", "/v1/%F0%9F%98%80", "/v1/chat/completions;x", "/v1/chat/completions%20", "/v1/models/" + new string('m', 3000), "/v1/engines/x/chat/completions",
    ];

    private static readonly string[] Methods = ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "POSTS", "post", "FOO", "M-SEARCH", "!"];

    private static readonly string[] Overlaps = ["reject", "INTERRUPT", "enqueue", "1", "reject, reject", "none"];

    private static readonly string[] Positions = ["0", "1", "3", "6", "7", "+1", " 2 ", "2147483647", "1048576", "1048577", "0x1", "٣", "1,2"];

    public static void Spoil(OddRequest request, OddKind kind, Random random)
    {
        switch (kind)
        {
            case OddKind.ContentType:
                request.ContentType = ContentTypes[random.Next(ContentTypes.Length)];
                break;
            case OddKind.ContentEncoding:
                request.Headers.Add(("Content-Encoding", OddValues.Of(random, ContentEncodings)));
                break;
            case OddKind.KeyHeader:
                Add(request, "Idempotency-Key", random);
                break;
            case OddKind.ConversationHeader:
                Add(request, "X-Conversation-Id", random);
                break;
            case OddKind.ResumeHeader:
                request.Headers.Add(("Last-Event-ID", random.Next(2) == 0 ? OddValues.Of(random, Positions) : OddValues.Header(random)));
                break;
            case OddKind.OtherHeader:
                AddOther(request, random);
                break;
            case OddKind.Query:
                request.Target += OddValues.Of(random, Queries);
                break;
            case OddKind.Path:
                request.Target = OddValues.Of(random, Paths);
                break;
            case OddKind.Method:
                request.Method = OddValues.Of(random, Methods);
                break;
            default:
                break;
        }
    }

    // Keys repeat, so that some come with another body than before; some requests have a header twice.
    private static void Add(OddRequest request, string name, Random random)
    {
        request.Headers.Add((name, random.Next(3) == 0 ? $"k{random.Next(8)}" : OddValues.Header(random)));
        if (random.Next(8) == 0) request.Headers.Add((name, OddValues.Header(random)));
    }

    private static void AddOther(OddRequest request, Random random) => request.Headers.Add(random.Next(9) switch
    {
        0 => ("X-Overlap-Policy", OddValues.Of(random, Overlaps)),
        1 => ("X-Overlap-Policy", OddValues.Header(random)),
        2 => ("Authorization", OddValues.Header(random)),
        3 => ("Accept", OddValues.Header(random)),
        4 => ("traceparent", OddValues.Header(random)),
        5 => ("x-request-id", OddValues.Header(random)),
        6 => ("Cookie", OddValues.Header(random)),
        7 => ("Range", "bytes=0-1"),
        _ => ("X-" + new string('h', random.Next(1, 200)), OddValues.Header(random)),
    });
}
