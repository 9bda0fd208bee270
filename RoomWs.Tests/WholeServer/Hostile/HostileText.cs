namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>Values and names at the edges of JSON, of the limits, and of what a server may choke on.</summary>
internal static class HostileText
{
    public static readonly string[] Values =
    [
        "null", "true", "false", "{}", "[]", "[null]", "[[]]", "[{}]", "{\"a\":1}", "{\"type\":\"PING\"}", "{\"name\":{}}",
        "0", "-0", "1", "-1", "0.0", "1.0", "1.5", "1e3", "1E-400", "1e400", "-1e400", "1e-7", "0.1e1", "01", "+1", ".5", "NaN", "Infinity",
        "2147483647", "2147483648", "-2147483649", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551616", Digits(400),
        "\"\"", "\" \"", "\"\\u0000\"", "\"a\\u0001b\"", "\"a\nb\"", "\"\\n\\r\\t\"", "\"\u007f\"", "\"\u0085\u2028\u2029\"", "\"\u202egnp.exe\"",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"a\\ud83d\"", "\"\\ud83d\\ude00\"", "\"\\uD8\"", "\"\\x\"", "\"\\", "\"", "'a'", "undefined", "",
        "\"0\"", "\"1\"", "\"true\"", "\"null\"", "\"OWNER\"", "\"owner\"", "\"OPEN\"", "\"INVITE\"", "\"bob\"", "\"constructor\"", "\"__proto__\"",
        "\"' OR 1=1 --\"", "\"%s%n{0}\"", "\"../../etc/passwd\"", "\"javascript:alert(1)\"", "\"http://\"", "\"https://[\"", "\"AAAA\"", "\"gA\"", "\"====\"",
        Text('a', 128), Text('a', 129), Text('é', 128), Text('0', 200), Text('x', 201), Text("\\u0041", 128), Text("\\u0041", 129), Text("😀", 64), Text("😀", 200),
        Deep("[", "]", 29), Deep("[", "]", 31), Deep("[", "]", 32), Deep("{\"a\":", "}", 31),
    ];

    /// <summary>Those that are long, which are not to be all that a long run is busy with.</summary>
    public static readonly string[] LongValues =
    [
        "-" + Digits(5_000), "0." + Digits(1_000),
        Text('x', 10_000), Text('x', 10_001), Text('x', 32_768), Text('x', 32_769), Text('a', 70_000), Text("😀", 10_001), Text("\\u0000", 10_000),
        Items("\"u", "\"", 1_000), Items("\"u", "\"", 1_001), Items("{\"roomId\":\"x", "\",\"afterSeq\":0}", 1_001),
        Deep("{\"a\":", "}", 1_000), Deep("[", "]", 20_000), new string('[', 30_000),
    ];

    /// <summary>With their quotes.</summary>
    public static readonly string[] Names =
    [
        "\"\"", "\" \"", "\"x\"", "\"Type\"", "\"TYPE\"", "\"type\"", "\"t\\u0079pe\"", "\"correlationId\"", "\"idempotencyKey\"", "\"payload\"", "\"patch\"", "\"roomId\"",
        "\"room\\u0049d\"", "\"userIds\"", "\"ifVersion\"", "\"limit\"", "\"name\"", "\"n\\u0061me\"", "\"slug\"", "\"code\"", "\"version\"", "\"userId\"", "\"$type\"", "\"$ref\"", "\"a.b\"",
        "\"a[0]\"", "\"__proto__\"", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"", "\"a\nb\"", "\"é😀\"", "\"", "x", "", "7", Text('n', 129), Text('n', 10_000),
    ];

    /// <summary>What is no UTF-8: alone, too long, half a pair, too large, cut off.</summary>
    public static readonly byte[][] NoUtf8 = [[0xff], [0x80], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf0, 0x9f, 0x98], [0xc3], [0xe2, 0x28, 0xa1]];

    private static string Digits(int count) => new('9', count);

    private static string Text(char character, int count) => $"\"{new string(character, count)}\"";

    private static string Text(string characters, int count) => $"\"{string.Concat(Enumerable.Repeat(characters, count))}\"";

    private static string Items(string before, string after, int count) => $"[{string.Join(',', Enumerable.Range(0, count).Select(i => $"{before}{i}{after}"))}]";

    private static string Deep(string open, string close, int levels) =>
        string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));
}
