using System.Globalization;
using BenchmarkDotNet.Attributes;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Messages;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Model;
using RoomWs.Server.Wire;

namespace RoomWs.Bench.Micro;

/// <summary>Measures the encoding of a broadcast, which happens once for all receivers.</summary>
[MemoryDiagnoser]
public class EncodingBenchmarks
{
    private static readonly RoomMeta Meta = new("Lobby", null, null, JoinPolicy.Open, null, 1_760_000_000_000, "user-000000");

    private readonly RoomMessage _message = new()
    {
        RoomId = "lobby",
        RoomMessageId = "message_01K7QZ3V5T9X2B4N6M8P0R1S3T",
        Seq = 12_345,
        SenderId = "user-000000",
        Username = "Alice",
        Content = "Shall we meet at the harbour at noon #00000000",
        MessageType = "text",
        Timestamp = 1_760_000_000_000,
    };

    private readonly Member[] _ten = Members(10);
    private readonly Member[] _thousand = Members(1_000);

    [Benchmark]
    public byte[] RoomMessage() => ((OutboundMessage)_message).Event;

    [Benchmark]
    public byte[] RoomMembersUpdatedOf10() => Room(_ten).MembersUpdated.Event;

    [Benchmark]
    public byte[] RoomMembersUpdatedOf1000() => Room(_thousand).MembersUpdated.Event;

    // A snapshot keeps its encoded messages, so each encoding needs a new snapshot, as after each change.
    private static RoomSnapshot Room(Member[] members) => new("lobby", "epoch", Meta, 1, 1_760_000_000_000, members);

    private static Member[] Members(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new Member(string.Create(CultureInfo.InvariantCulture, $"user-{i:D6}"), i == 0 ? RoomRole.Owner : RoomRole.Member, 1_760_000_000_000))];
}
