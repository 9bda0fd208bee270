using System.Buffers;
using System.Text.Json;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Writes the feed: a row a batch, with a JSON object that names its format. Writer's thread only.</summary>
internal sealed class SqliteFeed(PreparedConnection connection, TimeProvider time) : IDisposable
{
    private const int Format = 1;

    private readonly SqliteStatement _insert = new(connection, "INSERT INTO feed (position, at, body) VALUES (?1, ?2, ?3)");
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null);

    /// <summary>Writes what the batch did.</summary>
    public void Write(long position, IReadOnlyList<FeedChange> changes)
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
        _insert.Bind(1, position).Bind(2, time.GetUtcNow().ToUnixTimeMilliseconds()).Bind(3, _body.WrittenSpan).Run();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _json.Dispose();
    }

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
