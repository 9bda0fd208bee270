using System.Diagnostics;
using FluentAssertions;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>However much has been said, all of it is there after the upgrade.</summary>
internal sealed class LargeUpgradeTests
{
    private const int MessagesPerRoom = 1_000;

    [Test]
    public void Every_message_of_a_large_database_has_its_place_after_the_upgrade()
    {
        using var files = new TestFiles();
        using var log = new MemoryLog();
        using var loggers = log.CreateFactory(isComplete: false);
        var path = Path.Combine(files.Folder, "rooms.db");
        var rooms = TestScale.Rounds(5, 1_000);
        Make(path, rooms);
        var bytes = new FileInfo(path).Length;

        var begun = Stopwatch.GetTimestamp();
        OlderDatabase.BringUp(path, loggers).Dispose();
        TestContext.Out.WriteLine(FormattableString.Invariant($"{rooms * MessagesPerRoom} messages in {bytes / 1_000_000} MB came up in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s, to {new FileInfo(path).Length / 1_000_000} MB"));
        foreach (var entry in log.Entries) TestContext.Out.WriteLine(entry.Message);

        using var file = SqlRows.Open(path);
        file.Texts("SELECT COUNT(*), MIN(seq), MAX(seq), MIN(content = 'message ' || seq || ' of ' || id || substr(hex(zeroblob(50)), 1, 60)) FROM messages").Should().Equal(FormattableString.Invariant($"{rooms * MessagesPerRoom}|1|{MessagesPerRoom}|1"));
        file.Texts($"SELECT COUNT(*) FROM members WHERE read_seq = {MessagesPerRoom}").Should().Equal(FormattableString.Invariant($"{10 * rooms}"));
    }

    private static void Make(string path, int rooms)
    {
        using var file = OlderDatabase.MakeEmpty(path);
        file.Run("PRAGMA synchronous = OFF");
        file.Run($"""
            BEGIN;
            INSERT INTO rooms (id, name, join_policy, created_at, created_by, version, updated_at, member_count, message_seq)
            SELECT printf('room_%06d', value * 7919 % {rooms}), 'Room', 0, value, 'user_1', 10, value, 10, {MessagesPerRoom} FROM {SqlRows.Numbers(rooms)};
            INSERT INTO members (room_id, user_id, role, joined_at)
            SELECT r.id, 'user_' || u.value, CASE u.value WHEN 1 THEN 0 ELSE 2 END, r.created_at FROM rooms r JOIN {SqlRows.Numbers(10)} u;
            INSERT INTO messages (room_id, seq, id, sender_id, username, content, message_type, client_message_id, sent_at)
            SELECT r.id, n.value, printf('message_%06d_', n.value) || r.id, 'user_' || (1 + n.value % 10), 'User',
                'message ' || n.value || ' of ' || printf('message_%06d_', n.value) || r.id || substr(hex(zeroblob(50)), 1, 60), 'text', 'client-message-' || n.value, n.value
            FROM rooms r JOIN {SqlRows.Numbers(MessagesPerRoom)} n;
            COMMIT
            """);
    }
}
