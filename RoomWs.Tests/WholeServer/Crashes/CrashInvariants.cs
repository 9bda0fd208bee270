using System.Data.Common;
using Microsoft.Data.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Crashes;

/// <summary>What has to agree between the tables of any database of RoomWs, whatever was done to it.</summary>
internal static class CrashInvariants
{
    private static readonly string[] OfRooms = ["members", "join_requests", "join_denials", "invites", "messages", "boards"];

    private static readonly (string Rule, string Breaches)[] Rules =
    [
        ("a room has one OWNER", "SELECT id FROM rooms r WHERE (SELECT COUNT(*) FROM members m WHERE m.room_number = r.number AND m.role = 0) <> 1"),
        ("a room knows how many members it has", "SELECT id FROM rooms r WHERE member_count <> (SELECT COUNT(*) FROM members m WHERE m.room_number = r.number)"),
        ("a room knows how many ask to be let in", "SELECT id FROM rooms r WHERE join_request_count <> (SELECT COUNT(*) FROM join_requests q WHERE q.room_number = r.number)"),
        ("a member does not ask to be let in", "SELECT room_number || ' ' || user_id FROM join_requests JOIN members USING (room_number, user_id)"),
        ("an invite is used by somebody at some time, or not at all", "SELECT id FROM invites WHERE (used_by IS NULL) <> (used_at IS NULL)"),
        ("messages are numbered from 1 to the room's last, without a gap", """
            SELECT r.id FROM rooms r LEFT JOIN messages m ON m.room_number = r.number
            GROUP BY r.number HAVING COUNT(m.seq) <> r.message_seq OR COALESCE(MIN(m.seq), 1) <> 1 OR COALESCE(MAX(m.seq), 0) <> r.message_seq
            """),
        ("a message of a pair's own room says its number", "SELECT r.id || ' ' || m.seq FROM messages m JOIN rooms r ON r.number = m.room_number WHERE r.id LIKE 'p%-%' AND content <> CAST(m.seq AS TEXT)"),
        ("a clientMessageId is said once", "SELECT client_message_id FROM messages WHERE client_message_id IS NOT NULL GROUP BY room_number, sender_id, client_message_id HAVING COUNT(*) > 1"),
        ("a board's updates are numbered from its snapshot before the last, or its only one, to its last, without a gap", """
            SELECT b.room_number || ' ' || b.board_id
            FROM (SELECT number, room_number, board_id, seq, CASE WHEN previous_payload IS NULL THEN snapshot_seq ELSE previous_seq END AS kept_from FROM boards) b
            WHERE (SELECT COUNT(*) FROM board_updates u WHERE u.board_number = b.number AND u.seq > b.kept_from) <> b.seq - b.kept_from
                OR EXISTS (SELECT 1 FROM board_updates u WHERE u.board_number = b.number AND u.seq > b.seq)
            """),
        ("a board knows the bytes of its updates past its snapshot", """
            SELECT b.room_number || ' ' || b.board_id FROM boards b
            WHERE b.bytes - b.snapshot_bytes <> (SELECT COALESCE(SUM(octet_length(payload)), 0) FROM board_updates u WHERE u.board_number = b.number AND u.seq > b.snapshot_seq)
            """),
        ("an update of a pair's own board says its number", "SELECT r.id || ' ' || u.seq FROM board_updates u JOIN boards b ON b.number = u.board_number JOIN rooms r ON r.number = b.room_number WHERE r.id LIKE 'p%-%' AND payload <> CAST(u.seq AS TEXT)"),
        ("a snapshot is of its number", "SELECT room_number || ' ' || board_id FROM boards WHERE COALESCE(snapshot_payload, 'to 0') <> 'to ' || snapshot_seq"),
        ("the board that a room shows is there", "SELECT id FROM rooms r WHERE active_board_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM boards b WHERE b.room_number = r.number AND b.board_id = r.active_board_id)"),
        ("a room knows how many boards it has", "SELECT id FROM rooms r WHERE board_count <> (SELECT COUNT(*) FROM boards b WHERE b.room_number = r.number)"),
        ("it is known how many rooms there are", "SELECT CAST(room_count AS TEXT) FROM head WHERE room_count <> (SELECT COUNT(*) FROM rooms)"),
        ("a number is given out once", "SELECT CAST(number AS TEXT) FROM (SELECT number FROM rooms UNION ALL SELECT number FROM boards) n GROUP BY number HAVING COUNT(*) > 1"),
        ("what belongs to a room that is gone is known to be left over", string.Join(" UNION ALL ", OfRooms.Select(table =>
            $"SELECT '{table} ' || room_number FROM {table} WHERE room_number NOT IN (SELECT number FROM rooms UNION ALL SELECT number FROM remains)"))),
        ("an update of a board that is gone is known to be left over", "SELECT CAST(board_number AS TEXT) FROM board_updates WHERE board_number NOT IN (SELECT number FROM boards UNION ALL SELECT number FROM remains)"),
    ];

    /// <summary>What a file has beside that.</summary>
    private static readonly (string Rule, string Breaches)[] OfFile =
    [
        ("the next number is one that was not given out", "SELECT number FROM (SELECT number FROM rooms UNION ALL SELECT number FROM boards) WHERE number >= (SELECT next_number FROM head)"),
        ("no update of a board stays behind its snapshot", """
            SELECT u.board_number || ' ' || u.seq FROM board_updates u JOIN boards b ON b.number = u.board_number
            WHERE u.seq <= CASE WHEN b.previous_payload IS NULL THEN b.snapshot_seq ELSE b.previous_seq END
            """),
        ("the file is whole", "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
    ];

    /// <summary>The rules that are broken, with what breaks them.</summary>
    public static IEnumerable<string> Broken(DbConnection database) =>
        from rule in Rules.Concat(database is SqliteConnection ? OfFile : [])
        let breaches = database.Rows(rule.Breaches, row => row.GetString(0))
        where breaches.Count > 0
        select $"{rule.Rule}: not so of {string.Join(", ", breaches)}";
}
