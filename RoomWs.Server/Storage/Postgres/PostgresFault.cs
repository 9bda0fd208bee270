using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Explains PostgreSQL's error codes and lost connections to an operator: what is wrong, and what to do about it. Shows no password and no stack.</summary>
internal static class PostgresFault
{
    private const string IdleInTransactionTimeout = "25P03";
    private const string TransactionTimeout = "25P04";
    private const string IdleSessionTimeout = "57P05";

    /// <summary>Whether the exception comes from PostgreSQL or from the connection to it.</summary>
    public static bool Is(Exception exception) => exception is NpgsqlException;

    /// <summary>Whether the cause is the server, its disk, its locks or the way to it, and not the statement that failed.</summary>
    public static bool IsOfStorage(Exception exception) => exception switch
    {
        // Two uses of a connection at once are a fault of this program.
        NpgsqlOperationInProgressException => false,
        PostgresException fault => IsOfConnection(fault.SqlState) || IsOfOthers(fault.SqlState) || fault.SqlState[..2] is "53" or "57" or "58" or "28" || fault.SqlState is
            PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege or
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted,
        _ => Is(exception),
    };

    /// <summary>Whether nothing can be read either: the server is not there, or lets this program not in.</summary>
    public static bool IsAway(Exception exception) => exception switch
    {
        NpgsqlOperationInProgressException => false,
        PostgresException fault => (IsWorthRetry(fault) && !IsOfOthers(fault.SqlState)) || fault.SqlState[..2] is "28" || fault.SqlState is PostgresErrorCodes.InvalidCatalogName,
        _ => Is(exception),
    };

    /// <summary>Whether another try on a new connection can help, and soon.</summary>
    public static bool IsWorthRetry(Exception exception) => exception switch
    {
        NpgsqlOperationInProgressException => false,
        // After a failover a connection may lead to what is a standby now.
        PostgresException fault => IsOfConnection(fault.SqlState) || IsOfOthers(fault.SqlState) || fault.SqlState is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ReadOnlySqlTransaction,
        // Where the two do not agree on TLS or on how to prove who asks, they will not the next time.
        // Of several hosts that were all away a moment ago it tries none.
        NpgsqlException { InnerException: null } fault => fault.IsTransient || IsOfNoHost(fault),
        NpgsqlException fault => fault.InnerException is not AuthenticationException,
        _ => false,
    };

    /// <summary>
    /// Whether it is what a thread meets that listens or speaks in a session of its own when that ends, by whoever's doing. Of one that was closed by its keepalive while
    /// nobody used it, Npgsql says no more than that the connection is not open.
    /// </summary>
    public static bool IsEndOfSession(Exception exception) => exception is NpgsqlException or OperationCanceledException or InvalidOperationException;

    /// <summary>Why the server cannot start on this database. Null if the exception does not come from PostgreSQL.</summary>
    public static string? AtStart(Exception exception, string target)
    {
        if (exception is not NpgsqlException fault) return null;
        var (what, remedy) = Meaning(fault);
        return $"The {target} {what}{Code(fault)}. {char.ToUpperInvariant(remedy[0])}{remedy[1..]}.";
    }

    /// <summary>Why changes cannot be stored at the moment, and how the operator can end that.</summary>
    public static string WhileRunning(Exception exception, string target)
    {
        if (exception is not NpgsqlException fault) return $"the {target} cannot be used: see to it and to the way to it";
        var (what, remedy) = Meaning(fault);
        return $"the {target} {what}{Code(fault)}: {remedy}";
    }

    private static string Code(NpgsqlException fault) => fault is PostgresException { SqlState: var state } ? $" (SQLSTATE {state})" : "";

    /// <summary>The connection, or what it had, is gone.</summary>
    private static bool IsOfConnection(string state) => state.StartsWith("08", StringComparison.Ordinal) || state is
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or IdleSessionTimeout or
        IdleInTransactionTimeout or TransactionTimeout or PostgresErrorCodes.InvalidSqlStatementName;

    /// <summary>Others were in the way.</summary>
    private static bool IsOfOthers(string state) => state is
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.QueryCanceled;

    private static (string What, string Remedy) Meaning(NpgsqlException fault) => fault is PostgresException answered ? Meaning(answered) : fault.InnerException switch
    {
        // Of several hosts.
        AggregateException { InnerExceptions: [NpgsqlException first, ..] } => Meaning(first),
        null when IsOfNoHost(fault) => ("has no host that can be reached", "start PostgreSQL, let this machine connect to it, or correct Host and Port in Postgres"),
        TimeoutException => ("does not answer in time", "see whether it runs, and to the way to it"),
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } => ("has a host that nobody knows by this name", "correct Host in Postgres, or the names of the network"),
        SocketException socket => ($"cannot be reached ({socket.Message})", "start PostgreSQL, let this machine connect to it, or correct Host and Port in Postgres"),
        AuthenticationException tls => ($"cannot be reached by TLS ({OneLine(tls.Message)})", "correct SSL Mode and Root Certificate in Postgres, or the certificate of PostgreSQL"),
        IOException => ("has lost the connection", "see whether it runs, and to the way to it"),
        _ => ($"cannot be used ({OneLine(fault.Message)})", "correct Postgres, or the settings of PostgreSQL"),
    };

    private static (string What, string Remedy) Meaning(PostgresException fault) => fault.SqlState switch
    {
        PostgresErrorCodes.DiskFull => ("has no room on its disk", "free space there"),
        PostgresErrorCodes.OutOfMemory => ("is out of memory", "give PostgreSQL more"),
        PostgresErrorCodes.TooManyConnections => ("takes no more connections", "raise max_connections of PostgreSQL, or run fewer programs on it"),
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => ("has ended the connection, for it stops, restarts, or was asked to", "start PostgreSQL where it does not start by itself"),
        PostgresErrorCodes.CannotConnectNow => ("starts or stops just now", "wait until it has started, or start it"),
        PostgresErrorCodes.DatabaseDropped or PostgresErrorCodes.InvalidCatalogName => ("does not exist", "create it, or correct Database in Postgres"),
        IdleSessionTimeout => ("has ended an idle session", "set idle_session_timeout to 0 for this user"),
        PostgresErrorCodes.QueryCanceled => ("has broken off a statement", "set statement_timeout to 0 for this user, and see who cancels its statements"),
        PostgresErrorCodes.ReadOnlySqlTransaction => ("is read-only", "name the primary in Postgres, not a standby, and set default_transaction_read_only to off"),
        PostgresErrorCodes.LockNotAvailable => ("has had what is to be changed locked by another for 5 s", "end the transaction that holds it; pg_stat_activity and pg_locks show which"),
        PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => ("has undone a transaction in favour of another", "see which other program changes these tables"),
        IdleInTransactionTimeout or TransactionTimeout => ("has ended a transaction that this node was too slow for", "give the node a processor that is free"),
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => ($"is damaged ({OneLine(fault.MessageText)})", "stop all nodes, and restore it from a backup"),
        // Statements of others, or none of one's own.
        PostgresErrorCodes.DuplicatePreparedStatement or PostgresErrorCodes.InvalidSqlStatementName =>
            ("is behind a pooler that shares its sessions between clients", "give the address of PostgreSQL itself in Postgres"),
        PostgresErrorCodes.InsufficientPrivilege => ($"refuses this user something ({OneLine(fault.MessageText)})", "grant it, or correct Username in Postgres"),
        PostgresErrorCodes.ProtocolViolation when fault.MessageText.Contains("startup parameter", StringComparison.Ordinal) =>
            ("is behind a pooler that does not take the settings of a session", "give the address of PostgreSQL itself in Postgres"),
        var state when state.StartsWith("28", StringComparison.Ordinal) => ("does not let this user in", "correct Username and Password in Postgres, or pg_hba.conf of PostgreSQL"),
        var state when state.StartsWith("08", StringComparison.Ordinal) => ("has lost the connection", "see whether it runs, and to the way to it"),
        var state when state.StartsWith("58", StringComparison.Ordinal) => ($"has trouble with its disk or its machine ({OneLine(fault.MessageText)})", "see to these, and to the log of PostgreSQL"),
        _ => ($"reports a fault ({OneLine(fault.MessageText)})", "see to PostgreSQL, its log and its disk"),
    };

    private static bool IsOfNoHost(NpgsqlException fault) => fault.Message.Contains("suitable host", StringComparison.Ordinal);

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").TrimEnd('.');
}
