using System.Globalization;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using RoomWs.Bench.Servers;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;
using RoomWs.Server.Storage.Sqlite;

namespace RoomWs.Bench.Micro;

/// <summary>Measures durable changes of one row each, as the writer makes them: read together, decided in memory, written and committed together.</summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private const int Rooms = 256;

    private static readonly string[] Ids = [.. Enumerable.Range(0, Rooms).Select(i => string.Create(CultureInfo.InvariantCulture, $"room-{i:D3}"))];

    private readonly RoomMetaPatch _rename = new() { Name = "Foyer" };
    private DatabaseFolder? _folder;
    private SqliteStore? _store;
    private WriteScope? _write;

    [Params(1, 16, 256)]
    public int ChangesPerCommit { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _folder = new DatabaseFolder();
        var file = new SqliteFile(_folder.Database);
        var connection = file.OpenForWriting();
        new Migrator(connection, TimeProvider.System, NullLogger<Migrator>.Instance).BringUp();
        _store = new SqliteStore(connection, TimeProvider.System);
        _write = new WriteScope(_store, new Repositories(connection, SqliteDialect.Instance), new NoRooms(), static () => { }, TimeProvider.System);
        Run(write =>
        {
            foreach (var id in Ids)
            {
                write.Rooms.Insert(new StoredRoom { Id = id, Epoch = "epoch", Name = "Lobby", JoinPolicy = JoinPolicy.Open, CreatedAt = 1, CreatedBy = "alice", Version = 1, UpdatedAt = 1, MemberCount = 1 });
            }
        });
    }

    [GlobalCleanup]
    public void Close()
    {
        _store!.Dispose();
        _folder!.Dispose();
    }

    [Benchmark]
    public void UpdateMeta() => Run(write =>
    {
        for (var i = 0; i < ChangesPerCommit; i++)
        {
            write.BeginJob();
            write.Rooms.UpdateMeta(Ids[i], _rename, 2);
        }
    });

    private void Run(Action<WriteScope> change)
    {
        _write!.Begin(
            needs =>
            {
                for (var i = 0; i < ChangesPerCommit; i++) needs.Room(Ids[i]);
            },
            isToWrite: true);
        change(_write);
        _store!.Commit(_write.Rows);
        _write.Committed();
        _write.Snapshots.Clear();
    }

    private sealed class NoRooms : IRoomSnapshots
    {
        public RoomSnapshot? Peek(string roomId) => null;

        public void Committing(IReadOnlySet<string> roomIds)
        {
        }

        public void Told()
        {
        }
    }
}
