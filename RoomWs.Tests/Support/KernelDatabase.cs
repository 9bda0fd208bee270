using System.Data.Common;
using Microsoft.Extensions.Logging.Abstractions;
using RoomWs.Protocol.Members;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Tests.Support;

/// <summary>A small database of one test, with the server's schema and the connections that its kernel has.</summary>
internal sealed class KernelDatabase : IDatabase
{
    private readonly TestFiles _files = new();
    private readonly SqliteFile _file;

    public KernelDatabase()
    {
        _file = new SqliteFile(System.IO.Path.Combine(_files.Folder, "kernel.db"));
        Writer = _file.OpenForWriting();
        // These tests end no process, so nothing is to be flushed for a power cut.
        Writer.Run("PRAGMA synchronous = OFF");
        new Migrator(Writer, new ManualTimeProvider(), NullLogger<Migrator>.Instance).BringUp();
        Store = new SqliteStore(Writer, new ManualTimeProvider());
        Faults = new SqliteFaults(Path);
        Reads = new ReadConnections(this, new StorageOutage(Faults, NullLogger.Instance), TimeSpan.Zero, new ManualTimeProvider());
    }

    public string Path => _file.Path;

    /// <summary>For the writer's thread, where there is a writer.</summary>
    public PreparedConnection Writer { get; }

    /// <summary>On the writer's connection, which it disposes.</summary>
    public SqliteStore Store { get; }

    public IStorageFaults Faults { get; }

    SqlDialect IDatabase.Dialect => SqliteDialect.Instance;

    IStore IDatabase.Store => Store;

    DbConnection IDatabase.Writer => Writer;

    IFeed? IDatabase.Feed => null;

    Task IDatabase.NameLost { get; } = new TaskCompletionSource().Task;

    ILiveBus? IDatabase.LiveBus => null;

    IPresenceStore? IDatabase.Presence => null;

    public ReadConnections Reads { get; }

    /// <summary>Makes a room at version 1, whose first member is its OWNER, past all that could know of it.</summary>
    public RoomSnapshot AddRoom(string roomId, params string[] userIds)
    {
        var connection = _file.OpenForWriting();
        var room = new StoredRoom { Id = roomId, Epoch = Ids.NewEpoch(), Name = roomId, CreatedBy = userIds[0], Version = 1, MemberCount = userIds.Length };
        Member[] members = [.. userIds.Select((userId, i) => new Member(userId, i == 0 ? RoomRole.Owner : RoomRole.Member, 0))];
        using var store = new SqliteStore(connection, new ManualTimeProvider());
        var rows = new BatchRows(new UndoLog());
        store.Begin(new Needs(), rows, isToWrite: true);
        var number = rows.NextNumber();
        rows.CountRooms(1);
        rows.Rooms.Add(roomId, room with { Number = number, MemberSeq = members.Length });
        foreach (var (i, member) in members.Index())
        {
            rows.Members.Write((number, member.UserId), new StoredMember(member.Role) { New = new NewMember(roomId, 0, i + 1, WasAdded: i > 0, ReadSeq: 0) });
        }

        store.Commit(rows);
        return room.ToSnapshot(members);
    }

    public bool IsHousekeeper() => true;

    public IReadConnection OpenForReading() => new SqliteReadConnection(_file.OpenForReading());

    /// <summary>Runs a statement past all that could know of it.</summary>
    public void Run(string sql)
    {
        using var connection = _file.OpenForWriting();
        connection.Run(sql);
    }

    /// <summary>What others than the writer can read at this moment: the rooms' ids.</summary>
    public string[] CommittedRoomIds()
    {
        using var file = SqlRows.Open(Path);
        return [.. file.Rows("SELECT id FROM rooms ORDER BY id", row => row.GetString(0))];
    }

    /// <summary>From here on, whoever reads by <see cref="Reads"/> fails: so whoever does not fail has not read.</summary>
    public void MakeUnreadable()
    {
        Reads.Dispose();
        File.Move(Path, Path + ".away");
    }

    public void Dispose()
    {
        Reads.Dispose();
        Store.Dispose();
        _files.Dispose();
    }
}
