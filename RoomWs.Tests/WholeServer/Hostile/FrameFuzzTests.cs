using System.Text;
using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>Frames in every order that RFC 6455 allows are answered one by one, and the first that it does not allow gets its close code.</summary>
internal sealed class FrameFuzzTests : EndToEndTest
{
    /// <summary>What can be wrong with a frame, or end a connection in good order, and the close code for it.</summary>
    private static readonly (string Name, int Close, Func<bool, int, byte[]> Make)[] Ends =
    [
        ("reserved bits", 1002, (inside, any) => RawClient.Frame((inside ? 0x80 : 0x81) | (((any % 7) + 1) << 4), [1])),
        ("reserved data opcode", 1002, (_, any) => RawClient.Frame(0x83 + (any % 5), [1])),
        ("reserved control opcode", 1002, (_, any) => RawClient.Frame(0x8b + (any % 5), [])),
        // What is too short to hold a mask is waited for.
        ("unmasked", 1002, (inside, _) => RawClient.Frame(inside ? 0x80 : 0x81, "null"u8.ToArray(), masked: false)),
        ("unmasked ping", 1002, (_, _) => RawClient.Frame(0x89, [1, 2, 3, 4], masked: false)),
        ("long ping", 1002, (_, any) => RawClient.Frame(0x89, new byte[126 + (any % 1_000)])),
        ("long pong", 1002, (_, any) => RawClient.Frame(0x8a, new byte[126 + (any % 1_000)])),
        ("long close", 1002, (_, any) => RawClient.Frame(0x88, [0x03, 0xe8, .. Enumerable.Repeat((byte)'x', 124 + (any % 100))])),
        ("ping in pieces", 1002, (_, _) => RawClient.Frame(0x09, [])),
        ("close in pieces", 1002, (_, _) => RawClient.Frame(0x08, [0x03, 0xe8])),
        ("out of turn", 1002, (inside, any) => RawClient.Frame(inside ? 0x81 : (any % 2 * 0x80), [1])),
        ("binary", 1003, (inside, any) => inside ? RawClient.Frame(0x80, [0xff]) : RawClient.Frame(0x02 | (any % 2 * 0x80), [1])),
        ("no UTF-8", 1007, (inside, any) => RawClient.Frame(inside ? 0x80 : 0x81, [.. Rest(inside), .. HostileText.NoUtf8[any % HostileText.NoUtf8.Length]])),
        ("too long", 1009, (inside, any) => RawClient.Frame((inside ? 0x00 : 0x01) | (any % 2 * 0x80), [.. Rest(inside), .. Spaces(65_537 + (any % 1_000))])),
        ("empty piece", 1008, (inside, _) => RawClient.Frame(inside ? 0x00 : 0x01, [])),
        ("more than there can be", 1002, (inside, _) => [.. RawClient.Head(inside ? 0x80 : 0x81, long.MinValue), 0, 0, 0, 0]),
        ("more than there will be", 1009, (inside, _) => [.. RawClient.Head(inside ? 0x80 : 0x81, long.MaxValue), 0, 0, 0, 0, .. Rest(inside), .. Spaces(65_537)]),
        ("close of one byte", 1002, (_, any) => RawClient.Frame(0x88, [(byte)any])),
        ("close that says nothing", 1000, (_, _) => RawClient.Frame(0x88, [])),
        ("close", 1000, (_, _) => RawClient.Frame(0x88, [0x03, 0xe8])),
        ("close of an application", 1000, (_, _) => RawClient.Frame(0x88, [0x10, 0xe1, (byte)'x'])),
        ("close with a code that there is not", 1002, (_, any) => RawClient.Frame(0x88, [0x03, (byte)(any % 2 == 0 ? 0xe7 : 0xed)])),
        ("close with a reason that is no text", 1002, (_, _) => RawClient.Frame(0x88, [0x03, 0xe8, 0xff])),
    ];

    /// <summary>What a PONG begins with.</summary>
    private const string Pong = "{\"type\":\"PONG\"";

    private int _frames;
    private int _connections;

    [Test]
    public void Frames_are_answered_in_order_and_the_first_that_breaks_the_rules_gets_its_close_code()
    {
        var step =
            from kind in Gen.Choose(0, 4)
            from length in Gen.Choose(0, 125)
            select new FrameStep(kind, length);
        var cases =
            from steps in step.ListOf()
            from end in Gen.Choose(0, Ends.Length - 1)
            from any in Gen.Choose(0, 10_000)
            from piece in Gen.Elements(1, 7, 1_000_000)
            select new FrameCase([.. steps], end, any, piece);

        Prop.ForAll(Arb.From(cases, Shorter), one => PlayAsync(one).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Rounds(shortRun: 500, longRun: 10_000)).WithEndSize(30));

        HostileLog.Check(Server.Log, _connections);
        TestContext.Progress.WriteLine($"Hostile frames: {_connections} connections and {_frames} frames tried, bad answers: 0");
    }

    private static IEnumerable<FrameCase> Shorter(FrameCase one) =>
        Enumerable.Range(0, one.Steps.Length).Select(i => one with { Steps = [.. one.Steps[..i], .. one.Steps[(i + 1)..]] });

    /// <summary>What the character lacks that a message inside was cut in.</summary>
    private static byte[] Rest(bool inside) => inside ? [0xac] : [];

    private static IEnumerable<byte> Spaces(int count) => Enumerable.Repeat((byte)' ', count);

    private async Task PlayAsync(FrameCase one)
    {
        var (bytes, answers, isInside) = Write(one.Steps);
        var (name, close, make) = Ends[one.End];
        // Of a binary message in a text one there is nothing but bytes that are no text.
        if (name == "binary" && isInside) close = 1007;
        bytes.AddRange(make(isInside, one.Any));
        _connections++;
        _frames += one.Steps.Length + 1;

        using var raw = await RawClient.OpenAsync(Server);
        // In pieces that end where they may: inside a head, a mask, a character.
        foreach (var piece in bytes.Take(2_000).Chunk(one.Piece)) await raw.SendAsync(piece);
        foreach (var piece in bytes.Skip(2_000).Chunk(100_000)) await raw.SendAsync(piece);
        foreach (var answer in answers)
        {
            var frame = await raw.ReadFrameAsync();
            (frame.Opcode, frame.Opcode == 10 ? Convert.ToHexString(frame.Payload) : frame.Text[..Pong.Length]).Should().Be(answer, "of {0}", one);
        }

        var last = await raw.ReadFrameAsync();
        (last.Opcode, last.Payload.Length == 0 ? 1000 : last.CloseCode).Should().Be((8, close), "the end is {0} of {1}", name, one);
    }

    /// <summary>The frames of the steps, what they are answered with, and whether they end inside a message.</summary>
    private static (List<byte> Bytes, List<(int Opcode, string Text)> Answers, bool IsInside) Write(FrameStep[] steps)
    {
        var (bytes, answers, isInside) = (new List<byte>(), new List<(int, string)>(), false);
        foreach (var (kind, length) in steps)
        {
            var payload = Enumerable.Range(0, length).Select(i => (byte)(i * length)).ToArray();
            switch (kind)
            {
                case 0:
                    bytes.AddRange(RawClient.Frame(0x89, payload));
                    answers.Add((10, Convert.ToHexString(payload)));
                    break;
                case 1:
                    bytes.AddRange(RawClient.Frame(0x8a, payload));
                    break;
                case 2 when !isInside:
                    // The euro sign is cut in two.
                    bytes.AddRange(RawClient.Frame(0x01, [.. "{\"x\":\""u8, 0xe2, 0x82]));
                    isInside = true;
                    break;
                case 3 when isInside:
                    bytes.AddRange(RawClient.Frame(0x80, [0xac, .. "\",\"type\":\"PING\"}"u8]));
                    answers.Add((1, Pong));
                    isInside = false;
                    break;
                case 4 when !isInside:
                    bytes.AddRange(RawClient.TextFrame("""{"type":"PING"}"""));
                    answers.Add((1, Pong));
                    break;
            }
        }

        return (bytes, answers, isInside);
    }

    private sealed record FrameStep(int Kind, int Length);

    private sealed record FrameCase(FrameStep[] Steps, int End, int Any, int Piece)
    {
        public override string ToString() => new StringBuilder().AppendJoin(' ', Steps.AsEnumerable()).Append(" then ").Append(Ends[End].Name).ToString();
    }
}
