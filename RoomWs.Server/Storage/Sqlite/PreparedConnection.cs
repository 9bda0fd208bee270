using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace RoomWs.Server.Storage.Sqlite;

/// <summary>
/// A connection that keeps the prepared command of every SQL text it has run. Dapper makes a new command for each call, and compiling the SQL
/// again would cost several times as much as running it. For one thread at a time, like any connection.
/// </summary>
internal sealed class PreparedConnection(SqliteConnection inner) : DbConnection
{
    private readonly Dictionary<string, SqliteCommand> _idle = new(StringComparer.Ordinal);

    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => inner.ConnectionString = value;
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    /// <summary>SQLite's own handle.</summary>
    internal sqlite3 Handle => inner.Handle!;

    /// <summary>Whether a transaction is open. SQLite ends one by itself if it cannot go on, for example on a full disk.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(inner.Handle) == 0;

    /// <summary>The number of rows that its statements have changed since it was opened.</summary>
    public int ChangedRows => raw.sqlite3_total_changes(inner.Handle);

    /// <summary>The prepared command of a SQL text, to be returned by GiveBack. A text that is in use twice at the same time is prepared twice.</summary>
    internal SqliteCommand Take(string sql)
    {
        if (_idle.Remove(sql, out var command)) return command;
        command = inner.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    internal void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        if (!_idle.TryAdd(command.CommandText, command)) command.Dispose();
    }

    /// <summary>Runs a statement without parameters or result.</summary>
    public void Run(string sql)
    {
        var command = Take(sql);
        try
        {
            command.ExecuteNonQuery();
        }
        finally
        {
            GiveBack(command);
        }
    }

    /// <summary>Runs SQL that is not kept prepared, because nobody runs it again.</summary>
    public void RunOnce(string sql)
    {
        using var command = inner.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Calls this many times a second while a statement runs, on its thread; it must not use the connection. Null to end that.</summary>
    public void WhileRunning(Action? tell) => raw.sqlite3_progress_handler(inner.Handle, 1_000_000, tell is null ? null : Progress(tell), null);

    /// <summary>Compiles a statement. Whoever asked disposes it.</summary>
    public sqlite3_stmt Compile(string sql)
    {
        Check(raw.sqlite3_prepare_v2(inner.Handle, sql, out sqlite3_stmt statement));
        return statement;
    }

    /// <summary>Throws what a result of SQLite says, if it is a fault.</summary>
    public void Check(int result) => SqliteException.ThrowExceptionForRC(result, inner.Handle);

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    public override void Open() => inner.Open();

    public override void Close() => inner.Close();

    // Anything but 0 would end the statement.
    private static delegate_progress Progress(Action tell) => _ =>
    {
        tell();
        return 0;
    };

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand() => new PreparedCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var command in _idle.Values) command.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
