using Microsoft.Extensions.Logging;

namespace RoomWs.Server.Configuration;

/// <summary>What happens to a room when its OWNER leaves.</summary>
internal enum OwnerLeave
{
    /// <summary>The longest-standing ADMIN becomes OWNER, or, if there is none, the longest-standing MEMBER.</summary>
    Transfer,

    /// <summary>The leave is refused: the OWNER must transfer or delete the room first.</summary>
    Forbid,
}

internal enum LogFormat
{
    Text,
    Json,
}

/// <summary>
/// Every setting, with its default. The names of flags, variables and the file follow from the names of these properties. The options are
/// filled and checked once at start, and read-only from then on.
/// </summary>
internal sealed class RoomWsOptions
{
    /// <summary>Development mode: identities need no proof, and the server listens on loopback only.</summary>
    [Help("Development mode: anyone is who they say they are (?user=alice). Loopback only.")]
    public bool Dev { get; set; }

    [Help("Address to listen on: an IP address, localhost, or * for all.", ValueName = "address")]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>0 takes a free port, which the "Listening on" line shows.</summary>
    [Help("TCP port; 0 takes a free one.", Min = 0, Max = 65_535)]
    public int Port { get; set; } = 8080;

    [Help("Address that operators ask at: an IP address, localhost, or * for all.", ValueName = "address")]
    public string OpsHost { get; set; } = "127.0.0.1";

    /// <summary>0 takes a free port, which the log shows; null means there is no such port.</summary>
    [Help("HTTP port for operators, with GET /health; 0 takes a free one.", Min = 0, Max = 65_535, WhenEmpty = "(off)")]
    public int? OpsPort { get; set; }

    [Help("Path of the WebSocket endpoint.", ValueName = "path")]
    public string Path { get; set; } = "/ws";

    [Help("SQLite file; a relative path starts at the current directory.", ValueName = "file")]
    public string Database { get; set; } = "data/roomws.db";

    /// <summary>The connection string of a PostgreSQL database, in the place of <see cref="Database"/>. It may hold a password.</summary>
    [Help("Npgsql connection string of a PostgreSQL database, with Host and Database, in the place of a SQLite file. Prefer ROOMWS_Postgres where it has a password.", ValueName = "connection", Secret = true)]
    public string? Postgres { get; set; }

    /// <summary>What this node is called among those of one PostgreSQL database; null means that it makes up a name.</summary>
    [Help("Name of this node, its own among those of one PostgreSQL database: 1 to 63 visible characters.", ValueName = "name", WhenEmpty = "(made up)")]
    public string? NodeName { get; set; }

    [Help("Seconds for which a PostgreSQL that cannot be reached is tried again, before changes are refused or a start is given up.", Max = 3_600)]
    public int StorageRetrySeconds { get; set; } = 10;

    [Help("Seconds without news of the database after which clients are closed to connect elsewhere, and none is taken; 0 never.", Min = 0, Max = 3_600)]
    public int FeedStaleSeconds { get; set; } = 5;

    /// <summary>HS256 shared secret, 32 bytes or more.</summary>
    [Help("HS256 secret that tokens are signed with: text, not base64, 32 bytes or more. Flags show in process lists: prefer ROOMWS_JwtSecret.", ValueName = "secret", Secret = true)]
    public string? JwtSecret { get; set; }

    /// <summary>The previous HS256 secret. Needed until the last token that is signed with it has expired.</summary>
    [Help("HS256 secret before JwtSecret, 32 bytes or more: tokens that are signed with it hold too.", ValueName = "secret", Secret = true)]
    public string? JwtPreviousSecret { get; set; }

    /// <summary>PEM file of RS256 and ES256 public keys. A token may be signed with the private key of any of them.</summary>
    [Help("PEM file of the RS256 (RSA) and ES256 (EC P-256) public keys of tokens, one or several.", ValueName = "file")]
    public string? JwtPublicKeyFile { get; set; }

    [Help("The iss that tokens must have.", ValueName = "text", WhenEmpty = "(any)")]
    public string? JwtIssuer { get; set; }

    [Help("The aud that tokens must have.", ValueName = "text", WhenEmpty = "(any)")]
    public string? JwtAudience { get; set; }

    /// <summary>Name of the cookie that may carry the token. Needs <see cref="AllowedOrigins"/>, because browsers send cookies from any page.</summary>
    [Help("Name of a cookie that may carry the token. Needs AllowedOrigins.", ValueName = "name")]
    public string? Cookie { get; set; }

    /// <summary>Origins that browsers may connect from; empty means any.</summary>
    [Help("Origins that browsers may connect from, such as https://app.example.com; commas between several.", ValueName = "origins", WhenEmpty = "(any)")]
    public string[] AllowedOrigins { get; set; } = [];

    /// <summary>Proxies whose X-Forwarded-For is believed, for the addresses in the log; empty means none.</summary>
    [Help("Proxies whose X-Forwarded-For the log believes: IP addresses or ranges such as 10.0.0.0/8; commas between several.", ValueName = "addresses")]
    public string[] TrustedProxies { get; set; } = [];

    [Help("PEM file of the certificate, for wss.", ValueName = "file")]
    public string? TlsCertificateFile { get; set; }

    [Help("PEM file of the certificate's private key.", ValueName = "file")]
    public string? TlsKeyFile { get; set; }

    [Help("What an OWNER's leave does: pass the room on, or nothing until it is transferred or deleted.")]
    public OwnerLeave OwnerLeave { get; set; }

    [Help("Least severity that is logged, to standard error.")]
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    [Help("Lines for people, or JSON objects for machines.")]
    public LogFormat LogFormat { get; set; }

    [Help("Seconds of silence after which a connection is pinged.", Max = 86_400)]
    public int PingSeconds { get; set; } = 30;

    [Help("Seconds without an answer to a ping after which a connection is dropped.", Max = 86_400)]
    public int DeadSeconds { get; set; } = 60;

    [Help("Seconds that a connection may stay without an identity.", Max = 86_400)]
    public int IdentifySeconds { get; set; } = 10;

    [Help("Seconds that a shutdown may take.", Max = 86_400)]
    public int DrainSeconds { get; set; } = 10;

    [Help("Days that the trail of who changed what is kept.", Max = 36_500, ZeroIsNoLimit = true)]
    public int AuditDays { get; set; } = 90;

    public LimitOptions Limits { get; set; } = new();

    /// <summary>Maximum number of changes that are committed together; null for the usual. No setting: the benchmarks show by it what batches are worth.</summary>
    internal int? LargestBatch { get; set; }
}

/// <summary>The limits that a client can reach. What happens then is in protocol.md. 0 means no limit where the Help attribute allows it.</summary>
internal sealed class LimitOptions
{
    [Help("Bytes of one message.", Min = 1_024, Max = 16 * 1_024 * 1_024)]
    public int MessageBytes { get; set; } = 65_536;

    [Help("Characters of a room's name.", Max = 10_000)]
    public int NameLength { get; set; } = 200;

    [Help("Characters of a chat message.")]
    public int ContentLength { get; set; } = 10_000;

    [Help("Boards of one room.", ZeroIsNoLimit = true)]
    public int BoardsPerRoom { get; set; } = 100;

    [Help("Bytes of the updates of one board past its last snapshot.", ZeroIsNoLimit = true)]
    public int BoardBytes { get; set; } = 8_388_608;

    [Help("Members up to which a room is told who comes online and goes offline.", ZeroIsNoLimit = true)]
    public int PresenceMembers { get; set; } = 1_000;

    [Help("Cursor positions that one connection can send a second; more are taken out of its requests.", ZeroIsNoLimit = true)]
    public int CursorsPerSecond { get; set; } = 60;

    [Help("Characters of a thumbnailUrl.", Max = 100_000)]
    public int ThumbnailUrlLength { get; set; } = 2_048;

    [Help("User ids in one request.", Max = 100_000)]
    public int UserIdsPerRequest { get; set; } = 1_000;

    [Help("Members of one room.", ZeroIsNoLimit = true)]
    public int MembersPerRoom { get; set; } = 10_000;

    [Help("Rooms that one user can make and join.", ZeroIsNoLimit = true)]
    public int RoomsPerUser { get; set; } = 1_000;

    [Help("Rooms that others can put one user into.", ZeroIsNoLimit = true)]
    public int AddedRoomsPerUser { get; set; } = 1_000;

    [Help("Rooms on the server.", ZeroIsNoLimit = true)]
    public int Rooms { get; set; }

    [Help("Connections at a time.", ZeroIsNoLimit = true)]
    public int Connections { get; set; }

    [Help("Connections of one user at a time.", ZeroIsNoLimit = true)]
    public int ConnectionsPerUser { get; set; } = 20;

    [Help("Requests a second that one connection can keep up.", ZeroIsNoLimit = true)]
    public int RequestsPerSecond { get; set; } = 100;

    [Help("Requests that one connection can send at once after a rest.")]
    public int RequestBurst { get; set; } = 200;

    [Help("Requests a second that one user can keep up over all its connections; twice as many at once.", ZeroIsNoLimit = true)]
    public int UserRequestsPerSecond { get; set; } = 400;

    [Help("Bytes of messages a second that one user can keep up over all its connections; 16 times as many at once.", ZeroIsNoLimit = true)]
    public int UserBytesPerSecond { get; set; } = 262_144;

    [Help("Rooms that one user can make in a minute.", ZeroIsNoLimit = true)]
    public int CreatesPerMinute { get; set; } = 30;

    [Help("Users that one user can add to rooms in a minute.", ZeroIsNoLimit = true)]
    public int AddsPerMinute { get; set; } = 300;

    [Help("Joins, invites, accepted codes and looks at rooms of others by one user in a minute, over all its connections.", ZeroIsNoLimit = true)]
    public int MembershipActionsPerMinute { get; set; } = 30;

    [Help("Seconds after a denied join request until its user may ask that room again.", Max = 31_536_000, ZeroIsNoLimit = true)]
    public int AskAgainSeconds { get; set; } = 60;

    [Help("Join requests of one room that nobody has decided yet.", ZeroIsNoLimit = true)]
    public int JoinRequestsPerRoom { get; set; } = 10_000;

    [Help("Invites of one room that nobody has used yet.", ZeroIsNoLimit = true)]
    public int InvitesPerRoom { get; set; } = 1_000;

    [Help("Bytes queued for one connection; past it the client counts as too slow.")]
    public int OutboundQueueBytes { get; set; } = 1_048_576;

    [Help("Bytes queued for all connections; past it the slowest clients are closed.", ZeroIsNoLimit = true)]
    public int TotalQueueBytes { get; set; } = 1_073_741_824;
}
