using System.Buffers;
using System.Text;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// A statement that is prepared once, when it is first used, and whose values are bound by their place. The driver's commands, and Dapper above them, take several
/// times as long for a row as SQLite does; what each change and each read does goes this way. For one thread at a time.
/// </summary>
internal sealed class SqliteStatement(PreparedConnection connection, string sql) : IDisposable
{
    private const int StackBytes = 512;

    private sqlite3_stmt? _statement;

    private sqlite3_stmt Statement => _statement ??= connection.Compile(sql);

    public SqliteStatement Bind(int place, long value)
    {
        Check(raw.sqlite3_bind_int64(Statement, place, value));
        return this;
    }

    public SqliteStatement Bind(int place, long? value)
    {
        Check(value is { } number ? raw.sqlite3_bind_int64(Statement, place, number) : raw.sqlite3_bind_null(Statement, place));
        return this;
    }

    public SqliteStatement Bind(int place, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(Statement, place, value));
        return this;
    }

    /// <summary>Binds the whole text, also one with U+0000 in it.</summary>
    public SqliteStatement Bind(int place, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            // No bytes would be bound as null.
            Check(value is null ? raw.sqlite3_bind_null(Statement, place) : raw.sqlite3_bind_text(Statement, place, ""));
            return this;
        }

        var rented = value.Length * 3 > StackBytes ? ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length)) : null;
        var bytes = rented ?? stackalloc byte[StackBytes];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        Check(raw.sqlite3_bind_text(Statement, place, bytes[..length]));
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Run()
    {
        var result = raw.sqlite3_step(Statement);
        raw.sqlite3_reset(Statement);
        Check(result);
    }

    /// <summary>Steps to the next row. False at the end; then the statement can be run again. Who does not go to the end calls <see cref="Reset"/>.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(Statement);
        if (result == raw.SQLITE_ROW) return true;
        raw.sqlite3_reset(Statement);
        Check(result);
        return false;
    }

    public void Reset() => raw.sqlite3_reset(Statement);

    public bool IsNull(int column) => raw.sqlite3_column_type(Statement, column) == raw.SQLITE_NULL;

    public long Number(int column) => raw.sqlite3_column_int64(Statement, column);

    public long? NumberOrNull(int column) => IsNull(column) ? null : Number(column);

    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(Statement, column));

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Bytes(int column) => raw.sqlite3_column_blob(Statement, column).ToArray();

    public void Dispose() => _statement?.Dispose();

    private void Check(int result) => connection.Check(result);
}
