using System.Globalization;
using BenchmarkDotNet.Attributes;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Bench.Micro;

/// <summary>Measures durable changes of one row each, as the writer makes them: one savepoint per change, one commit for all.</summary>
[MemoryDiagnoser]
public class RepositoryBenchmarks
{
    private const int Rooms = 256;

    private static readonly string[] Ids = [.. Enumerable.Range(0, Rooms).Select(i => string.Create(CultureInfo.InvariantCulture, $"room-{i:D3}"))];

    private readonly RoomMetaPatch _rename = new() { Name = "Foyer" };
    private DatabaseFolder? _folder;
    private PreparedConnection? _connection;
    private RoomRepository? _rooms;

    [Params(1, 16, 256)]
    public int ChangesPerCommit { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _folder = new DatabaseFolder();
        var file = new SqliteFile(_folder.Database);
        _connection = file.OpenForWriting();
        Migrator.Migrate(_connection, TimeProvider.System);
        _rooms = new RoomRepository(_connection);
        _connection.Run("BEGIN IMMEDIATE");
        foreach (var id in Ids)
        {
            _rooms.Insert(new StoredRoom { Id = id, Epoch = "epoch", Name = "Lobby", JoinPolicy = JoinPolicy.Open, CreatedAt = 1, CreatedBy = "alice", Version = 1, UpdatedAt = 1, MemberCount = 1 });
        }

        _connection.Run("COMMIT");
    }

    [GlobalCleanup]
    public void Close()
    {
        _connection!.Dispose();
        _folder!.Dispose();
    }

    [Benchmark]
    public void UpdateMeta()
    {
        _connection!.Run("BEGIN IMMEDIATE");
        for (var i = 0; i < ChangesPerCommit; i++)
        {
            _connection.Run("SAVEPOINT job");
            _rooms!.UpdateMeta(Ids[i], _rename, 2);
            _connection.Run("RELEASE job");
        }

        _connection.Run("COMMIT");
    }
}
