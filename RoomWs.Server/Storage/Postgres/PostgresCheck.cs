using Dapper;
using Npgsql;
using RoomWs.Server.Configuration;

namespace RoomWs.Server.Storage.Postgres;

/// <summary>Refuses a server on which what clients are told would not hold. Looks only, and changes nothing.</summary>
internal static class PostgresCheck
{
    private const int OldestVersion = 14;

    /// <summary>Looks at the server and at the way to it.</summary>
    /// <returns>Its version.</returns>
    /// <exception cref="StartupException">It is not one to run on.</exception>
    public static string ExpectUsable(PostgresConnections connections)
    {
        using var connection = connections.OpenAlone();
        ExpectOwnSession(connections, connection);
        var found = connection.QuerySingle<Findings>(
            """
            SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS version_number,
                current_setting('fsync') = 'on' AS is_synced, current_setting('full_page_writes') = 'on' AS writes_full_pages,
                current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS is_standby,
                current_schema() IS NOT NULL AS has_schema, COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create
            """);
        if (Fault(found, connections.Target) is { } fault) throw new StartupException(fault);
        return found.Version;
    }

    /// <summary>What is wrong with a server, in one sentence or two; null if nothing is.</summary>
    public static string? Fault(Findings found, string target) => found switch
    {
        _ when found.VersionNumber / 10_000 < OldestVersion => $"The {target} is PostgreSQL {found.Version}; bring it to {OldestVersion} or newer.",
        { IsStandby: true } => $"The {target} is a standby, which takes no changes; name the primary in Postgres.",
        { IsSynced: false } => $"The {target} runs with fsync=off, with which a power cut loses what clients were told is stored; set fsync=on in its postgresql.conf.",
        { WritesFullPages: false } => $"The {target} runs with full_page_writes=off, with which a power cut can damage it; set full_page_writes=on in its postgresql.conf.",
        _ when found.Encoding != "UTF8" => $"The {target} has the encoding {found.Encoding}, which does not hold all texts; create one with ENCODING 'UTF8' TEMPLATE template0, and name it in Postgres.",
        { HasSchema: false } => $"The {target} has none of the schemas of this user's search_path; create one, or correct Search Path in Postgres.",
        { MayCreate: false } => $"The {target} does not let this user create tables; make the user its owner, or GRANT CREATE ON SCHEMA to it.",
        _ => null,
    };

    /// <summary>
    /// Refuses a pooler that gives every transaction whichever session is free: locks of a session and LISTEN would be another's. It shows by what the server
    /// calls its processes. One that hands sessions out in turn gives two statements of one connection two of them; one that hands out the last first gives two
    /// connections the same. And a pooler that takes the settings of a session from nobody is refused in any mode.
    /// </summary>
    private static void ExpectOwnSession(PostgresConnections connections, NpgsqlConnection connection)
    {
        using var another = connections.OpenAlone();
        var (first, second, other) = (Process(connection), Process(connection), Process(another));
        if (first != second || first == other)
            throw new StartupException($"Before the {connections.Target} there is a pooler that shares its sessions between clients; give the address of PostgreSQL itself in Postgres.");

        if (connection.ExecuteScalar<string>("SELECT current_setting('lock_timeout')") != "5s")
            throw new StartupException($"Before the {connections.Target} there is a pooler that drops the settings of a session; give the address of PostgreSQL itself in Postgres.");
    }

    private static int Process(NpgsqlConnection connection) => connection.ExecuteScalar<int>("SELECT pg_backend_pid()");

    /// <summary>What a server says of itself.</summary>
    internal sealed record Findings
    {
        public string Version { get; init; } = "";

        public int VersionNumber { get; init; }

        public bool IsSynced { get; init; }

        public bool WritesFullPages { get; init; }

        public string Encoding { get; init; } = "";

        public bool IsStandby { get; init; }

        public bool HasSchema { get; init; }

        /// <summary>Whether this user may make tables.</summary>
        public bool MayCreate { get; init; }
    }
}
