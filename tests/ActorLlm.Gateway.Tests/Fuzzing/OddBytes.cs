using System.Text;

namespace ActorLlm.Gateway.Tests.Fuzzing;

/// <summary>What can be odd about a body as bytes.</summary>
internal static class OddBytes
{
    // Bytes that no UTF-8 has; a character in more bytes than it needs; half a character of UTF-16; one beyond Unicode; a beginning and an end alone.
    private static readonly byte[][] NoUtf8 = [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0x80]];

    private static readonly Encoding[] Encodings =
        [Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, Encoding.Latin1, new UTF32Encoding(bigEndian: true, byteOrderMark: false)];

    private static readonly string[] NearlyJson =
        ["{0},", "{0}{0}", "[{0}]", "({0})", "{0};", "// hello\n{0}", "/* hello */{0}", "{0}\0", "\"{0}\"", "data: {0}\n\n", "model=sim-1&messages=Hi", "<xml/>", "--boundary\r\n\r\n{0}", "  \n\t{0}\r\n  "];

    public static byte[] Spoil(byte[] body, OddKind kind, Random random) => kind switch
    {
        OddKind.Truncated => body[..random.Next(body.Length + 1)],
        OddKind.FlippedBytes => Flip(body, random),
        OddKind.InvalidUtf8 => Insert(body, NoUtf8[random.Next(NoUtf8.Length)], random),
        OddKind.ByteOrderMark => [.. Encoding.UTF8.Preamble, .. body],
        OddKind.OtherEncoding => Encode(body, random),
        OddKind.RandomBytes => Bytes(random),
        OddKind.RandomJson => Encoding.UTF8.GetBytes(OddValues.Json(random, depth: 4)),
        OddKind.NoBody => random.Next(2) == 0 ? [] : Encoding.ASCII.GetBytes(new string(" \n\t\r"[random.Next(4)], random.Next(1, 100))),
        OddKind.NotQuiteJson => Encoding.UTF8.GetBytes(OddValues.Of(random, NearlyJson).Replace("{0}", Encoding.UTF8.GetString(body), StringComparison.Ordinal)),
        _ => body,
    };

    private static byte[] Flip(byte[] body, Random random)
    {
        byte[] flipped = [.. body];
        for (var left = random.Next(1, 6); left > 0 && flipped.Length > 0; left--) flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static byte[] Insert(byte[] body, byte[] inserted, Random random)
    {
        var at = random.Next(body.Length + 1);
        return [.. body[..at], .. inserted, .. body[at..]];
    }

    private static byte[] Encode(byte[] body, Random random)
    {
        var encoding = Encodings[random.Next(Encodings.Length)];
        var bytes = encoding.GetBytes(Encoding.UTF8.GetString(body));
        return random.Next(2) == 0 ? bytes : [.. encoding.Preamble, .. bytes];
    }

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(1, 500)];
        random.NextBytes(bytes);
        return bytes;
    }
}
