using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Model;
using RoomWs.Server.Storage.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>
/// A database in which one user for each command has prepared what its requests are about, as large as the default limits and some days of patience allow.
/// And small rooms of two users who mind their own business.
/// </summary>
internal static class AbuseScene
{
    /// <summary>Rooms of one abuser beside the large ones, which all abusers are in.</summary>
    private const int SmallRooms = 600;

    /// <summary>Where the first request takes the room away, as many are there.</summary>
    private const int SpentRooms = 5;

    private const int Boards = 50;
    private const int Codes = 30;

    private static readonly LimitOptions Limits = new();

    /// <summary>Room for what is added to it.</summary>
    private static int Members => Limits.MembersPerRoom - Limits.UserIdsPerRequest;

    /// <summary>As long as ids may be, where there is time to write them all.</summary>
    private static string IdTail { get; } = new('x', TestScale.IsLong ? 100 : 20);

    /// <summary>When invites end.</summary>
    private static long End { get; } = TimeProvider.System.GetUtcNow().AddDays(1).ToUnixTimeMilliseconds();

    public static string User(int abuser) => Invariant($"abuser{abuser}");

    /// <summary>Whether it is only for sockets that have entered the room; those enter small ones.</summary>
    public static bool NeedsEntering(WorstRequest worst) => worst.Command.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(SocketCommand<>);

    /// <summary>The name that a request has in a place.</summary>
    public static string Name(WorstRequest worst, int abuser, string place, bool inList, long number) => place switch
    {
        CommandSample.Room => inList || NeedsEntering(worst) ? Invariant($"small{number % SmallRooms}") : Room(abuser, number % Rooms(worst)),
        CommandSample.User => number % 2 == 0 ? Invariant($"u{(number % Members) + 1}{IdTail}") : Invariant($"j{(number % Limits.UserIdsPerRequest) + 1}"),
        CommandSample.Board => worst.Spends ? Invariant($"b{(number % Boards) + 1}") : "b1",
        CommandSample.Invite => Invariant($"invite_{abuser:D6}{number % Limits.InvitesPerRoom:D20}"),
        CommandSample.Code => Code(abuser, number % Codes),
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "no name for it"),
    };

    /// <summary>Writes the database of these commands, each of which is an abuser's by its place in the list.</summary>
    public static void Write(string path, IReadOnlyList<WorstRequest> worst)
    {
        using (var writer = new SqliteFile(path).OpenForWriting()) new Migrator(writer, TimeProvider.System, NullLogger<Migrator>.Instance).BringUp();
        using var file = SqlRows.Open(path);
        file.Run("PRAGMA synchronous = OFF; BEGIN");
        for (var i = 0; i < QuietRooms.Count; i++)
        {
            AddRooms(file, $"SELECT '{QuietRoom.Name(i)}'", JoinPolicy.Open, 2);
            AddMembers(file, QuietRoom.Name(i), $"SELECT '{QuietRoom.Changer(i)}', 0 UNION ALL SELECT '{QuietRoom.Told(i)}', 2");
        }

        AddSmallRooms(file, worst.Count);
        foreach (var (abuser, one) in worst.Index())
        {
            for (var i = 0; i < Rooms(one); i++) Write(file, one, abuser, i);
        }

        file.Run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static string Room(int abuser, long number) => Invariant($"large{abuser}-{number}");

    private static string Code(int abuser, long number) => Invariant($"{abuser:D4}{number:D16}");

    private static int Rooms(WorstRequest worst) => worst.Spends || !IsIn(worst) ? SpentRooms : 1;

    /// <summary>Whether the abuser is the OWNER of its large rooms, as it is where nothing says that it comes from outside.</summary>
    private static bool IsIn(WorstRequest worst) => worst.Command.Requires is not (RoomAction.Join or RoomAction.CancelRequest) && !worst.Has(CommandSample.Code);

    private static void Write(SqliteConnection file, WorstRequest worst, int abuser, int number)
    {
        var (room, owner) = (Room(abuser, number), IsIn(worst) ? User(abuser) : "landlord");
        AddRooms(file, $"SELECT '{room}'", worst.Command.Requires == RoomAction.CancelRequest ? JoinPolicy.Approval : JoinPolicy.Open, Members + 1);
        AddMembers(file, room, $"SELECT '{owner}', 0 UNION ALL SELECT 'u' || value || '{IdTail}', 2 FROM {SqlRows.Numbers(Members)}");
        AddMessages(file, room, 120);
        file.Run($"INSERT INTO join_requests (room_number, user_id, request_id, requested_at) SELECT {NumberOf(room)}, 'j' || value, 'request_' || printf('%026d', value), 0 FROM {SqlRows.Numbers(Limits.UserIdsPerRequest)}");
        if (worst.Command.Requires == RoomAction.CancelRequest) file.Run($"INSERT INTO join_requests (room_number, user_id, request_id, requested_at) VALUES ({NumberOf(room)}, '{User(abuser)}', 'request_x', 0)");
        file.Run($"UPDATE rooms SET join_request_count = (SELECT COUNT(*) FROM join_requests WHERE room_number = number) WHERE id = '{room}'");
        if (worst.Has(CommandSample.Board) || worst.Command.Requires == RoomAction.Draw || worst.Command.Type.Contains("BOARD", StringComparison.Ordinal)) AddBoards(file, room, owner);
        if (worst.Has(CommandSample.Code)) AddCodes(file, abuser, number);
        if (number > 0) return;

        AddInvites(file, room, owner, abuser);
        file.Run($"INSERT INTO audit (room_number, room_id, at, user_id, action, version, targets) SELECT {NumberOf(room)}, '{room}', 0, '{owner}', 'ROOM_ADD_MEMBERS', 1, (SELECT json_group_array('u' || value || '{IdTail}') FROM {SqlRows.Numbers(300)}) FROM {SqlRows.Numbers(200)}");
    }

    private static void AddInvites(SqliteConnection file, string room, string owner, int abuser)
    {
        file.Run($"INSERT INTO invites (id, room_number, code_hash, created_by, created_at, expires_at) SELECT 'invite_' || printf('%06d', {abuser}) || printf('%020d', value), {NumberOf(room)}, '{room}' || value, '{owner}', 0, {End} FROM {SqlRows.Numbers(Limits.InvitesPerRoom - 100)}");
    }

    private static void AddCodes(SqliteConnection file, int abuser, int number)
    {
        for (var i = number; i < Codes; i += SpentRooms)
        {
            var hash = Convert.ToHexString(InviteCodes.Hash(Code(abuser, i)));
            file.Run($"INSERT INTO invites (id, room_number, code_hash, created_by, created_at, expires_at) VALUES ('code{abuser}-{i}', {NumberOf(Room(abuser, number))}, x'{hash}', 'landlord', 0, {End})");
        }
    }

    /// <summary>Rooms of all abusers, with names and pictures as long as they may be.</summary>
    private static void AddSmallRooms(SqliteConnection file, int abusers)
    {
        AddRooms(file, $"SELECT 'small' || (value - 1) FROM {SqlRows.Numbers(SmallRooms)}", JoinPolicy.Open, abusers + 1);
        file.Run($"UPDATE rooms SET name = '{new string('€', Limits.NameLength)}', thumbnail_url = 'https://h/{new string('x', Limits.ThumbnailUrlLength - 10)}' WHERE id LIKE 'small%'");
        file.Run($"INSERT INTO members (room_number, room_id, user_id, role, joined_at, position) SELECT r.number, r.id, 'abuser' || (value - 1), 1, 0, value FROM rooms r JOIN {SqlRows.Numbers(abusers)} WHERE r.id LIKE 'small%'");
        file.Run("INSERT INTO members (room_number, room_id, user_id, role, joined_at, position) SELECT number, id, 'landlord', 0, 0, 0 FROM rooms WHERE id LIKE 'small%'");
        for (var i = 0; i < SmallRooms; i++) AddMessages(file, Invariant($"small{i}"), 3);
    }

    private static void AddRooms(SqliteConnection file, string ids, JoinPolicy policy, int members) => file.Run(
        $"INSERT INTO rooms (id, name, join_policy, created_at, created_by, version, updated_at, member_count, epoch) SELECT id, id, {(int)policy}, 0, 'landlord', 1, 0, {members}, hex(randomblob(8)) FROM (SELECT '' AS id WHERE 0 UNION ALL {ids}); UPDATE rooms SET member_seq = 20000; UPDATE head SET next_number = 1000000, room_count = (SELECT COUNT(*) FROM rooms)");

    private static string NumberOf(string room) => $"(SELECT number FROM rooms WHERE id = '{room}')";

    private static void AddMembers(SqliteConnection file, string room, string usersAndRoles) =>
        file.Run($"INSERT INTO members (room_number, room_id, user_id, role, joined_at, position) SELECT {NumberOf(room)}, '{room}', *, row_number() OVER () FROM (SELECT *, 0 FROM ({usersAndRoles}))");

    private static void AddMessages(SqliteConnection file, string room, int count)
    {
        file.Run($"INSERT INTO messages (room_number, seq, id, sender_id, username, content, message_type, sent_at) SELECT {NumberOf(room)}, value, '{room}-' || value, 'landlord', 'landlord', printf('%.{Limits.ContentLength}c', 'x'), 'text', 0 FROM {SqlRows.Numbers(count)}");
        file.Run($"UPDATE rooms SET message_seq = {count} WHERE id = '{room}'");
    }

    /// <summary>Boards, of which the first has as many updates as it may without a snapshot, but for a few more.</summary>
    private static void AddBoards(SqliteConnection file, string room, string owner)
    {
        const int bytes = 32_768;
        var updates = (Limits.BoardBytes / bytes) - 20;
        file.Run($"INSERT INTO boards (room_number, board_id, name, created_by, created_at, seq, epoch) SELECT {NumberOf(room)}, 'b' || value, '{new string('€', Limits.NameLength)}', '{owner}', value, 0, hex(randomblob(8)) FROM {SqlRows.Numbers(Boards)}");
        file.Run($"INSERT INTO board_updates (board_number, seq, user_id, payload, bytes_to) SELECT (SELECT number FROM boards WHERE room_number = {NumberOf(room)} AND board_id = 'b1'), value, '{owner}', printf('%.{bytes}c', 'x'), value * {bytes} FROM {SqlRows.Numbers(updates)}");
        file.Run($"UPDATE boards SET seq = {updates}, bytes = {updates * bytes} WHERE room_number = {NumberOf(room)} AND board_id = 'b1'; UPDATE rooms SET board_count = {Boards} WHERE id = '{room}'");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
