using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>Writes the feed: a row a batch. Writer's thread only.</summary>
internal sealed class SqliteFeed(PreparedConnection connection, TimeProvider time) : IDisposable
{
    private readonly SqliteStatement _insert = new(connection, "INSERT INTO feed (position, at, body) VALUES (?1, ?2, ?3)");
    private readonly FeedBody _body = new(hasEvents: false);

    /// <summary>Writes what the batch did.</summary>
    public void Write(long position, IReadOnlyList<FeedChange> changes) =>
        _insert.Bind(1, position).Bind(2, time.GetUtcNow().ToUnixTimeMilliseconds()).Bind(3, _body.Of(changes).Span).Run();

    public void Dispose()
    {
        _insert.Dispose();
        _body.Dispose();
    }
}
