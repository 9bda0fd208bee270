using FluentAssertions;
using Microsoft.Data.Sqlite;
using NUnit.Framework;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.Storage.Sqlite;

/// <summary>Of a database of 0.1.0 every row is there after the upgrade, and what the new tables have beside it is true.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class UpgradedRowsTests : IDisposable
{
    private readonly TestFiles _files = new();
    private readonly SqliteConnection _file;

    public UpgradedRowsTests()
    {
        var path = Path.Combine(_files.Folder, "rooms.db");
        OlderDatabase.Make(path);
        using var log = new MemoryLog();
        using var loggers = log.CreateFactory(isComplete: false);
        OlderDatabase.BringUp(path, loggers).Dispose();
        _file = SqlRows.Open(path);
    }

    public void Dispose()
    {
        _file.Dispose();
        _files.Dispose();
    }

    [Test]
    public void Rooms_have_numbers_in_the_order_of_their_making() =>
        _file.Texts("SELECT number, id, name, thumbnail_url, slug, join_policy, active_board_id, created_at, created_by, version, updated_at FROM rooms ORDER BY number").Should().Equal(
            "1|council|Council|||1||1700000001000|bob|2|1700000003000",
            "2|lobby|Lobby äöü|https://example.com/lobby.png|lobby|0|plan|1700000002000|alice|5|1700000009000",
            "3|vault|Vault||the-vault|2||1700000002000|carol|3|1700000002500",
            "4|again|Again||again|0||1700000008000|erin|1|1700000008000");

    [Test]
    public void Rooms_know_what_they_have_and_the_last_numbers_given_out() =>
        _file.Texts("SELECT id, member_count, join_request_count, board_count, member_seq, message_seq, edit_seq, first_seq FROM rooms ORDER BY number").Should().Equal(
            "council|2|2|1|6|1|0|1", "lobby|3|1|3|8|4|0|1", "vault|1|0|0|4|0|0|1", "again|1|0|0|9|0|0|1");

    [Test]
    public void Rooms_and_boards_have_an_epoch_each() =>
        _file.Texts("SELECT epoch FROM rooms UNION ALL SELECT epoch FROM boards").Should().HaveCount(8).And.OnlyHaveUniqueItems().And.OnlyContain(epoch => epoch.Length == 16);

    [Test]
    public void Nothing_of_batches_is_known_and_the_next_number_is_behind_those_of_rooms_and_boards()
    {
        _file.Texts("SELECT only, position, next_number, room_count FROM head").Should().Equal("1|0|9|4");
        _file.Texts("SELECT position FROM feed UNION ALL SELECT number FROM remains").Should().BeEmpty();
    }

    [Test]
    public void Memberships_are_the_users_own_and_all_is_read() =>
        _file.Texts("SELECT room_number, room_id, position, user_id, role, joined_at, was_added, read_seq FROM members ORDER BY room_number, position").Should().Equal(
            "1|council|1|bob|0|1700000001000|0|1",
            "1|council|6|alice|1|1700000003000|0|1",
            "2|lobby|3|alice|0|1700000002000|0|4",
            "2|lobby|5|dave|2|1700000002100|0|4",
            "2|lobby|8|bob|1|1700000004000|0|4",
            "3|vault|4|carol|0|1700000002000|0|0",
            "4|again|9|erin|0|1700000008000|0|0");

    [Test]
    public void Users_keep_their_names_and_pictures() =>
        _file.Texts("SELECT id, username, thumbnail_url, updated_at FROM users ORDER BY id").Should().Equal(
            "alice|Alice|https://example.com/alice.png|1700000001500", "bob|Bob||1700000001000", "carol|Çarol||1700000002000", "erin|Erin||1700000005000");

    [Test]
    public void Requests_are_still_pending()
    {
        _file.Texts("SELECT room_number, request_id, user_id, requested_at FROM join_requests ORDER BY room_number, request_id").Should().Equal(
            "1|request_01|erin|1700000005000", "1|request_02|dave|1700000005100", "2|request_03|erin|1700000005200");
        _file.Texts("SELECT * FROM join_denials").Should().BeEmpty();
    }

    [Test]
    public void Invites_are_good_used_or_expired_as_they_were() =>
        _file.Texts("SELECT room_number, id, code_hash, created_by, created_at, expires_at, used_at, used_by FROM invites ORDER BY id").Should().Equal(
            "3|invite_01|0A01|carol|1700000002100|4102444800000||",
            "2|invite_02|0A02|alice|1700000002200|4102444800000|1700000004000|bob",
            "3|invite_03|0A03|carol|1700000002300|1700000002400||");

    [Test]
    public void Messages_keep_their_seqs_and_client_ids()
    {
        _file.Texts("SELECT room_number, seq, id, sender_id, username, content, message_type, client_message_id, sent_at FROM messages ORDER BY room_number, seq").Should().Equal(
            "1|1|message_02|bob|Bob|Order!|text|c1|1700000006100",
            "2|1|message_01|alice|Alice|Hello|text|c1|1700000006000",
            "2|2|message_03|bob|Bob|Grüß Gott 👋|text|c1|1700000006200",
            "2|3|message_04|carol|Çarol|I leave|notice||1700000006300",
            "2|4|message_05|alice|Alice||text|c2|1700000006400");
        _file.Texts("SELECT * FROM messages WHERE COALESCE(reply_to, metadata, edit, edited_at, deleted_at) IS NOT NULL OR content IS NULL").Should().BeEmpty();
    }

    [Test]
    public void Boards_keep_their_snapshots_and_know_the_bytes_behind_them() =>
        _file.Texts("SELECT number, room_number, board_id, name, created_by, created_at, seq, bytes, snapshot_seq, snapshot_bytes, snapshot_payload, previous_seq, previous_payload FROM boards ORDER BY number").Should().Equal(
            "5|1|plan|Other plan|bob|1700000007100|2|3|0|0||0|",
            "6|2|plan|Plan|alice|1700000007000|5|9|3|0|snapshot of plan|0|",
            "7|2|blank|Blank|bob|1700000007200|0|0|0|0||0|",
            "8|2|done|Done|bob|1700000007200|2|0|2|0|snapshot of done|0|");

    [Test]
    public void Updates_of_boards_lie_behind_the_snapshot_byte_for_byte() =>
        _file.Texts("SELECT board_number, seq, user_id, payload, bytes_to FROM board_updates ORDER BY board_number, seq").Should().Equal(
            "5|1|bob|a|1", "5|2|alice|bc|3", "6|4|alice|four|4", "6|5|bob|fünf|9");

    [Test]
    public void A_trail_belongs_to_the_room_that_it_is_of_and_not_to_one_made_again_under_its_id() =>
        _file.Texts("SELECT id, room_number, room_id, at, user_id, action, version, targets, detail FROM audit ORDER BY id").Should().Equal(
            """1|0|again|1700000000100|alice|ROOM_CREATE|1|["bob"]|""",
            "2|0|gone|1700000000200|bob|ROOM_CREATE|1||",
            "3|0|again|1700000000300|alice|ROOM_DELETE|||",
            "4|0|gone|1700000000400|bob|ROOM_DELETE|||",
            "6|2|lobby|1700000004000|bob|ROOM_JOIN|3||",
            "7|4|again|1700000008000|erin|ROOM_CREATE|1||",
            """8|2|lobby|1700000009000|alice|ROOM_SET_ROLE|5|["bob"]|ADMIN""",
            "9|4|again|1700000009100|erin|ROOM_BOARD_DELETE|1||sketch");

    [Test]
    public void The_number_of_an_audit_row_that_is_gone_is_not_given_out_again()
    {
        _file.Run("INSERT INTO audit (room_number, room_id, at, user_id, action) VALUES (1, 'council', 0, 'bob', 'ROOM_UPDATE_META')");
        _file.Texts("SELECT MAX(id) FROM audit").Should().Equal("11");
    }

    [Test]
    public void Kept_replies_are_dropped_because_they_are_of_the_old_tables() => _file.Texts("SELECT * FROM idempotency").Should().BeEmpty();

    [Test]
    public void The_file_is_whole() => _file.Texts("PRAGMA integrity_check").Should().Equal("ok");
}
