using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// A statement without parameters or result, prepared once. For the savepoints around every change: as a command they would cost more in the
/// driver than in SQLite. For one thread at a time.
/// </summary>
internal sealed class PlainStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public PlainStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_database, sql, out _statement), _database);
    }

    public void Run()
    {
        var result = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement);
        SqliteException.ThrowExceptionForRC(result, _database);
    }

    public void Dispose() => _statement.Dispose();
}
