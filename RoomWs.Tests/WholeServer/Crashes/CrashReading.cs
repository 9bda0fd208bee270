using System.Data.Common;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Crashes;

/// <summary>What a database holds, in the words that <see cref="PairState"/> has for what it has to hold.</summary>
internal sealed class CrashReading
{
    private sealed record RoomRow(string Id, string Name, JoinPolicy Policy, string ActiveBoard, long Version, long MessageSeq);

    private readonly List<RoomRow> _rooms;
    private readonly ILookup<string, (string Room, string User, RoomRole Role)> _members;
    private readonly ILookup<string, string> _asking;
    private readonly ILookup<string, string> _invites;
    private readonly ILookup<string, string> _boards;
    private readonly ILookup<string, (string User, string Content, long Seq)> _said;
    private readonly ILookup<string, string> _drawn;
    private readonly ILookup<string, long> _keys;

    private CrashReading(DbConnection file)
    {
        _rooms = file.Rows(
            "SELECT id, name, join_policy, active_board_id, version, message_seq FROM rooms",
            row => new RoomRow(row.GetString(0), row.GetString(1), (JoinPolicy)row.GetInt32(2), row.IsDBNull(3) ? "-" : row.GetString(3), row.GetInt64(4), row.GetInt64(5)));
        _members = file.Rows("SELECT r.id, user_id, role FROM members m JOIN rooms r ON r.number = m.room_number ORDER BY position", row => (Room: row.GetString(0), User: row.GetString(1), Role: (RoomRole)row.GetInt32(2))).ToLookup(row => row.Room);
        _asking = file.Rows("SELECT r.id, user_id FROM join_requests q JOIN rooms r ON r.number = q.room_number", row => (Room: row.GetString(0), User: row.GetString(1))).ToLookup(row => row.Room, row => row.User);
        _invites = file.Rows("SELECT r.id, COALESCE(used_by, '-') FROM invites i JOIN rooms r ON r.number = i.room_number ORDER BY 2", row => (Room: row.GetString(0), User: row.GetString(1))).ToLookup(row => row.Room, row => row.User);
        _boards = file.Rows("SELECT r.id, board_id, snapshot_seq, seq FROM boards b JOIN rooms r ON r.number = b.room_number ORDER BY board_id", row => (Room: row.GetString(0), Numbers: $"{row.GetString(1)}:{row.GetInt64(2)}..{row.GetInt64(3)}")).ToLookup(row => row.Room, row => row.Numbers);
        _said = file.Rows("SELECT sender_id, content, seq FROM messages WHERE room_number = (SELECT number FROM rooms WHERE id = 'shared') ORDER BY seq", row => (User: row.GetString(0), Content: row.GetString(1), Seq: row.GetInt64(2))).ToLookup(row => row.User);
        _drawn = file.Rows("SELECT u.user_id, u.payload FROM board_updates u JOIN boards b ON b.number = u.board_number JOIN rooms r ON r.number = b.room_number WHERE r.id = 'shared' ORDER BY u.seq", row => (User: row.GetString(0), Payload: row.GetString(1))).ToLookup(row => row.User, row => row.Payload);
        _keys = file.Rows("SELECT user_id, CAST(key AS INTEGER) FROM idempotency ORDER BY 2", row => (User: row.GetString(0), Key: row.GetInt64(1))).ToLookup(row => row.User[..^1], row => row.Key);
        Broken = [.. CrashInvariants.Broken(file)];
    }

    /// <summary>What does not agree within the file, whoever did what; nothing, if all is well.</summary>
    public IReadOnlyList<string> Broken { get; }

    public long SharedVersion => _rooms.Single(room => room.Id == PairSteps.Shared).Version;

    public static CrashReading Of(string path)
    {
        using var file = SqlRows.Open(path);
        return Of(file);
    }

    public static CrashReading Of(DbConnection database) => new(database);

    /// <summary>What a pair has done, by this file.</summary>
    public string Show(CrashPair pair)
    {
        var own = _rooms.Where(room => room.Id.StartsWith(pair.Name + '-', StringComparison.Ordinal)).Select(Show).ToList();
        var isInShared = _members[PairSteps.Shared].Any(member => member.User == pair.First);
        var said = Count(_said[pair.First].Select((row, i) => row.Content == $"{pair.First}-{i + 1}"));
        var drawn = Count(_drawn[pair.First].Select((payload, i) => payload == $"{pair.First}-{i + 1}"));
        return string.Join(
            "; ",
            own.Count == 0 ? "no room" : string.Join(" and ", own),
            $"keys {Count(_keys[pair.Name].Select((key, i) => key == i + 1))}",
            $"shared {(isInShared ? "in" : "out")} messages {said} updates {drawn}");
    }

    /// <summary>The numbers that the pair's messages in the shared room have.</summary>
    public IEnumerable<long> SharedSeqs(CrashPair pair) => _said[pair.First].Select(row => row.Seq);

    private string Show(RoomRow room) => string.Join(
        ' ',
        $"{room.Id} v{room.Version} \"{room.Name}\" {room.Policy.ToString().ToUpperInvariant()}",
        $"members [{string.Join(' ', _members[room.Id].Select(member => $"{member.User}={member.Role.ToString().ToUpperInvariant()}"))}]",
        $"asking [{string.Join(',', _asking[room.Id])}]",
        $"invites [{string.Join(',', _invites[room.Id])}]",
        $"messages {room.MessageSeq} active {room.ActiveBoard}",
        $"boards [{string.Join(' ', _boards[room.Id])}]");

    /// <summary>How many there are, where each is the one that has to be in its place.</summary>
    private static string Count(IEnumerable<bool> inPlace)
    {
        var all = inPlace.ToList();
        return all.TrueForAll(one => one) ? $"{all.Count}" : $"{all.Count} of which the {all.IndexOf(false) + 1}. is another";
    }
}
