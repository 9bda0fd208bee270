using System.Buffers;
using System.Text.Json;
using RoomWs.Protocol;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage.Batch;

/// <summary>
/// What a row of the feed holds of its batch: a JSON object that names its format. The words of messages and the updates of boards are not in it; they are in their
/// tables, and gone when they are deleted there. Writer's thread only.
/// </summary>
/// <param name="hasEvents">Whether other nodes tell the changes by it.</param>
internal sealed class FeedBody(bool hasEvents) : IDisposable
{
    public const int Format = 1;

    /// <summary>
    /// A room of at most so many members has all of them in the feed with each change of them, so that no node has to have the room in memory. Nodes that have members
    /// of larger rooms read these.
    /// </summary>
    public const int MostListed = 1_000;

    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { SkipValidation = true, Encoder = ProtocolJson.Wire.Options.Encoder });

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

    private void Write(FeedChange made)
    {
        var change = made.Change;
        _json.WriteStartObject();
        _json.WriteString("type"u8, made.Type);
        _json.WriteString("room"u8, change.RoomId);
        if (made.Epoch is { } epoch) _json.WriteString("epoch"u8, epoch);
        if (change.After?.Version is { } version) _json.WriteNumber("version"u8, version);
        _json.WriteString("user"u8, made.UserId);
        if (change.BoardId is { } board) _json.WriteString("board"u8, board);
        if (change.Seq is { } seq) _json.WriteNumber("seq"u8, seq);
        if (hasEvents) WriteEvents(made, change);
        _json.WriteEndObject();
    }

    private void WriteEvents(FeedChange made, RoomChange change)
    {
        if (change.Speaker is { } speaker) _json.WriteString("speaker"u8, speaker);
        if (change.After is { } after && made.Before < after.Version) WriteState(made.Before, after);
        if (change.Events.Count == 0) return;
        _json.WriteStartArray("events"u8);
        foreach (var roomEvent in change.Events) Write(roomEvent, change);
        _json.WriteEndArray();
    }

    /// <summary>What the change has made of the room.</summary>
    private void WriteState(long before, RoomSnapshot after)
    {
        _json.WriteNumber("at"u8, after.UpdatedAt);
        var isListed = (before == 0 || after.Change is not null) && after.MemberCount - (after.Change?.Added.Count ?? 0) <= MostListed;
        if (after.Change is null || isListed)
        {
            _json.WritePropertyName("meta"u8);
            JsonSerializer.Serialize(_json, after.Meta, ProtocolJson.Wire.RoomMeta);
        }

        if (after.Change is { } change)
        {
            _json.WriteStartObject("members"u8);
            WriteMembers("added"u8, [.. change.Added]);
            if (change.Removed is { } removed) _json.WriteString("removed"u8, removed);
            _json.WriteStartObject("roles"u8);
            foreach (var (userId, role) in change.Roles) _json.WriteNumber(userId, (int)role);
            _json.WriteEndObject();
            _json.WriteEndObject();
        }

        if (isListed) WriteMembers("list"u8, after.Members);
    }

    private void WriteMembers(ReadOnlySpan<byte> name, ReadOnlySpan<Member> members)
    {
        _json.WriteStartArray(name);
        foreach (var member in members)
        {
            _json.WriteStringValue(member.UserId);
            _json.WriteNumberValue((int)member.Role);
            _json.WriteNumberValue(member.JoinedAt);
        }

        _json.WriteEndArray();
    }

    private void WriteStaff(RoomSnapshot room)
    {
        foreach (var member in room.Members)
        {
            if (RoomPermissions.Allow(member.Role, RoomAction.DecideRequests)) _json.WriteStringValue(member.UserId);
        }
    }

    private void Write(RoomEvent roomEvent, RoomChange change)
    {
        _json.WriteStartObject();
        _json.WriteNumber("kind"u8, (int)roomEvent.Kind);
        // Who is of the staff is known here.
        var isStaff = roomEvent.Audience.Kind == AudienceKind.Staff;
        _json.WriteNumber("to"u8, (int)(isStaff ? AudienceKind.Nobody : roomEvent.Audience.Kind));
        if (isStaff || roomEvent.Audience.UserIds.Count > 0)
        {
            _json.WriteStartArray("ids"u8);
            if (isStaff) WriteStaff(change.After!);
            foreach (var userId in roomEvent.Audience.UserIds) _json.WriteStringValue(userId);
            _json.WriteEndArray();
        }

        if (roomEvent.Mark is { } mark)
        {
            _json.WriteStartArray("mark"u8);
            _json.WriteNumberValue((int)mark.Kind);
            _json.WriteStringValue(mark.Epoch);
            _json.WriteNumberValue(mark.First);
            _json.WriteNumberValue(mark.Last);
            _json.WriteEndArray();
        }

        _json.WriteString("type"u8, roomEvent.Message.Type);
        if (roomEvent.Kind != RoomEventKind.MemberList && change.Seq is null)
        {
            _json.WritePropertyName("body"u8);
            _json.WriteRawValue(roomEvent.Message.Body, skipInputValidation: true);
        }

        _json.WriteEndObject();
    }
}
