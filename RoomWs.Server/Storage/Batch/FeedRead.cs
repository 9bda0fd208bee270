using System.Text;
using System.Text.Json;
using RoomWs.Protocol;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;

namespace RoomWs.Server.Storage.Batch;

/// <summary>Reads what <see cref="FeedBody"/> and <see cref="PresenceBody"/> write.</summary>
internal static class FeedRead
{
    /// <summary>What a row says.</summary>
    /// <exception cref="JsonException">It is none, or of another format.</exception>
    public static FeedContent Of(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        if (root.GetProperty("format"u8).GetInt32() != FeedBody.Format) throw new JsonException("The feed has a row of another format.");
        return new FeedContent(
            [.. root.GetProperty("changes"u8).EnumerateArray().Select(Entry)],
            root.TryGetProperty("presence"u8, out var presence) ? [.. presence.EnumerateArray().Select(Presence)] : [],
            Text(root, "gone"u8));
    }

    private static FeedPresence Presence(JsonElement turn) => new(
        turn.GetProperty("user"u8).GetString()!,
        turn.GetProperty("name"u8).GetString()!,
        turn.GetProperty("online"u8).GetBoolean(),
        turn.GetProperty("at"u8).GetInt64());

    private static FeedEntry Entry(JsonElement change)
    {
        var roomId = change.GetProperty("room"u8).GetString()!;
        var isRaised = change.TryGetProperty("at"u8, out var at);
        return new FeedEntry
        {
            Type = change.GetProperty("type"u8).GetString()!,
            RoomId = roomId,
            Epoch = Text(change, "epoch"u8),
            Version = Number(change, "version"u8),
            IsRaised = isRaised,
            UpdatedAt = isRaised ? at.GetInt64() : 0,
            UserId = change.GetProperty("user"u8).GetString()!,
            Speaker = Text(change, "speaker"u8),
            BoardId = Text(change, "board"u8),
            Seq = Number(change, "seq"u8),
            Meta = change.TryGetProperty("meta"u8, out var meta) ? meta.Deserialize(ProtocolJson.Wire.RoomMeta) : null,
            Members = change.TryGetProperty("members"u8, out var members) ? Change(members) : null,
            List = change.TryGetProperty("list"u8, out var list) ? Members(list) : null,
            Events = change.TryGetProperty("events"u8, out var events) ? [.. events.EnumerateArray().Select(one => Event(roomId, one))] : [],
        };
    }

    private static MemberChange Change(JsonElement members) => new(
        Members(members.GetProperty("added"u8)),
        Text(members, "removed"u8),
        members.GetProperty("roles"u8).EnumerateObject().ToDictionary(role => role.Name, role => (RoomRole)role.Value.GetInt32(), StringComparer.Ordinal));

    private static Member[] Members(JsonElement list)
    {
        // Three values a member.
        var members = new Member[list.GetArrayLength() / 3];
        var values = list.EnumerateArray();
        for (var i = 0; i < members.Length; i++) members[i] = new Member(Next().GetString()!, (RoomRole)Next().GetInt32(), Next().GetInt64());
        return members;

        JsonElement Next()
        {
            values.MoveNext();
            return values.Current;
        }
    }

    private static FeedEvent Event(string roomId, JsonElement one)
    {
        IReadOnlyList<string> userIds = one.TryGetProperty("ids"u8, out var ids) ? [.. ids.EnumerateArray().Select(id => id.GetString()!)] : [];
        return new FeedEvent(
            (RoomEventKind)one.GetProperty("kind"u8).GetInt32(),
            new RoomAudience((AudienceKind)one.GetProperty("to"u8).GetInt32(), userIds),
            one.GetProperty("type"u8).GetString()!,
            one.TryGetProperty("body"u8, out var body) ? Encoding.UTF8.GetBytes(body.GetRawText()) : null,
            one.TryGetProperty("mark"u8, out var mark) ? new BoardMark((BoardMarkKind)mark[0].GetInt32(), roomId, mark[1].GetString(), mark[2].GetInt64(), mark[3].GetInt64()) : null);
    }

    private static string? Text(JsonElement of, ReadOnlySpan<byte> name) => of.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long? Number(JsonElement of, ReadOnlySpan<byte> name) => of.TryGetProperty(name, out var value) ? value.GetInt64() : null;
}
