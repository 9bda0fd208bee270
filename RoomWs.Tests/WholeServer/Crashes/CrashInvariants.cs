using Microsoft.Data.Sqlite;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Crashes;

/// <summary>What has to agree between the tables of any database of RoomWs, whatever was done to it.</summary>
internal static class CrashInvariants
{
    private static readonly (string Rule, string Breaches)[] Rules =
    [
        ("a room has one OWNER", "SELECT id FROM rooms r WHERE (SELECT COUNT(*) FROM members m WHERE m.room_id = r.id AND m.role = 0) <> 1"),
        ("a room knows how many members it has", "SELECT id FROM rooms r WHERE member_count <> (SELECT COUNT(*) FROM members m WHERE m.room_id = r.id)"),
        ("a room knows how many ask to be let in", "SELECT id FROM rooms r WHERE join_request_count <> (SELECT COUNT(*) FROM join_requests q WHERE q.room_id = r.id)"),
        ("a member does not ask to be let in", "SELECT q.room_id || ' ' || q.user_id FROM join_requests q JOIN members m USING (room_id, user_id)"),
        ("an invite is used by somebody at some time, or not at all", "SELECT id FROM invites WHERE (used_by IS NULL) <> (used_at IS NULL)"),
        ("messages are numbered from 1 to the room's last, without a gap", """
            SELECT r.id FROM rooms r LEFT JOIN messages m ON m.room_id = r.id
            GROUP BY r.id HAVING COUNT(m.seq) <> r.message_seq OR COALESCE(MIN(m.seq), 1) <> 1 OR COALESCE(MAX(m.seq), 0) <> r.message_seq
            """),
        ("a message of a pair's own room says its number", "SELECT room_id || ' ' || seq FROM messages WHERE room_id <> 'shared' AND content <> CAST(seq AS TEXT)"),
        ("a clientMessageId is said once", "SELECT client_message_id FROM messages WHERE client_message_id IS NOT NULL GROUP BY room_id, sender_id, client_message_id HAVING COUNT(*) > 1"),
        ("a board's updates are numbered from its snapshot before the last, or its only one, to its last, without a gap", """
            SELECT b.room_id || ' ' || b.board_id
            FROM (SELECT *, CASE WHEN previous_payload IS NULL THEN snapshot_seq ELSE previous_seq END AS kept_from FROM boards) b LEFT JOIN board_updates u USING (room_id, board_id)
            GROUP BY b.room_id, b.board_id
            HAVING COUNT(u.seq) <> b.seq - b.kept_from OR COALESCE(MIN(u.seq), b.kept_from + 1) <> b.kept_from + 1 OR COALESCE(MAX(u.seq), b.seq) <> b.seq
            """),
        ("a board knows the bytes of its updates past its snapshot", """
            SELECT b.room_id || ' ' || b.board_id FROM boards b
            WHERE b.update_bytes <> (SELECT COALESCE(SUM(octet_length(payload)), 0) FROM board_updates u WHERE u.room_id = b.room_id AND u.board_id = b.board_id AND u.seq > b.snapshot_seq)
            """),
        ("an update of a pair's own board says its number", "SELECT room_id || ' ' || seq FROM board_updates WHERE room_id <> 'shared' AND payload <> CAST(seq AS TEXT)"),
        ("a snapshot is of its number", "SELECT room_id || ' ' || board_id FROM boards WHERE COALESCE(snapshot_payload, 'to 0') <> 'to ' || snapshot_seq"),
        ("the board that a room shows is there", "SELECT id FROM rooms r WHERE active_board_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM boards b WHERE b.room_id = r.id AND b.board_id = r.active_board_id)"),
        ("what belongs to a room goes with it", "SELECT \"table\" || ' ' || \"parent\" FROM pragma_foreign_key_check"),
        ("the file is whole", "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'"),
    ];

    /// <summary>The rules that are broken, with what breaks them.</summary>
    public static IEnumerable<string> Broken(SqliteConnection file) =>
        from rule in Rules
        let breaches = file.Rows(rule.Breaches, row => row.GetString(0))
        where breaches.Count > 0
        select $"{rule.Rule}: not so of {string.Join(", ", breaches)}";
}
