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
    private readonly List<PlainStatement> _plain = [];

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

    /// <summary>Prepares a statement that is run many times. The connection disposes it.</summary>
    public PlainStatement Prepare(string sql)
    {
        var statement = new PlainStatement(inner, sql);
        _plain.Add(statement);
        return statement;
    }

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    public override void Open() => inner.Open();

    public override void Close() => inner.Close();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand() => new PreparedCommand(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var statement in _plain) statement.Dispose();
            foreach (var command in _idle.Values) command.Dispose();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
