using System.Text.Json;
using FluentAssertions;

namespace RoomWs.Tests.Support;

/// <summary>
/// A client that keeps what is said in a room, over any number of connections, the way protocol.md tells clients to: RESYNC_START takes it back
/// to the number that its RESUME named, and from there each message is the next one.
/// </summary>
internal sealed class RoomReader(string roomId)
{
    private readonly List<long> _seqs = [];
    private long? _resumingAfter;
    private bool _isResyncing;

    /// <summary>What it has, in the order in which it came.</summary>
    public IReadOnlyList<long> Seqs => _seqs;

    public long Last => _seqs.Count == 0 ? 0 : _seqs[^1];

    public int Resumes { get; private set; }

    private bool IsResuming => _resumingAfter is not null || _isResyncing;

    public async Task ResumeAsync(TestClient client)
    {
        _resumingAfter = Last;
        await client.SendRequestAsync(new { type = "RESUME", rooms = new[] { new { roomId, afterSeq = Last } }, limit = 1_000 });
    }

    /// <summary>Reads until it has this message, and the answer to its RESUME.</summary>
    public async Task ReadUntilAsync(TestClient client, long seq)
    {
        while (Last < seq || IsResuming) Take(await client.NextAsync());
    }

    private void Take(JsonElement frame)
    {
        switch (frame.Type())
        {
            case "RESYNC_START":
                _seqs.RemoveAll(seq => seq > _resumingAfter);
                (_resumingAfter, _isResyncing) = (null, true);
                Resumes++;
                break;
            case "RESYNC_COMPLETE":
                frame.GetProperty("truncated").GetBoolean().Should().BeFalse();
                break;
            case "ROOMS_SNAPSHOT":
                _isResyncing = false;
                break;
            case "ROOM_MESSAGE" or "ROOM_MESSAGE_RESPONSE" when frame.Text("roomId") == roomId:
                _seqs.Add(frame.Number("seq"));
                break;
            default:
                frame.Code().Should().BeNull("the frame is {0}", frame.GetRawText());
                break;
        }
    }
}
