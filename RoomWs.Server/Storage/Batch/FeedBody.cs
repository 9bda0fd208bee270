using System.Buffers;
using System.Text.Json;

namespace RoomWs.Server.Storage.Batch;

/// <summary>What a row of the feed holds of its batch: a JSON object that names its format. Writer's thread only.</summary>
internal sealed class FeedBody : IDisposable
{
    private const int Format = 1;

    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null);

    /// <summary>Writes what the batch did. The result holds until the next call.</summary>
    public ReadOnlyMemory<byte> Of(IReadOnlyList<FeedChange> changes)
    {
        _body.ResetWrittenCount();
        _json.Reset(_body);
        _json.WriteStartObject();
        _json.WriteNumber("format"u8, Format);
        _json.WriteStartArray("changes"u8);
        foreach (var change in changes) Write(change);
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        return _body.WrittenMemory;
    }

    public void Dispose() => _json.Dispose();

    private void Write(FeedChange change)
    {
        _json.WriteStartObject();
        _json.WriteString("type"u8, change.Type);
        _json.WriteString("room"u8, change.RoomId);
        if (change.Epoch is { } epoch) _json.WriteString("epoch"u8, epoch);
        if (change.Version is { } version) _json.WriteNumber("version"u8, version);
        _json.WriteString("user"u8, change.UserId);
        if (change.BoardId is { } board) _json.WriteString("board"u8, board);
        if (change.Seq is { } seq) _json.WriteNumber("seq"u8, seq);
        _json.WriteEndObject();
    }
}
