using Microsoft.Extensions.Logging;

namespace RoomWs.Server.Configuration;

/// <summary>What becomes of a room whose OWNER leaves.</summary>
internal enum OwnerLeave
{
    /// <summary>The longest-standing ADMIN, else MEMBER, becomes OWNER.</summary>
    Transfer,

    /// <summary>The OWNER has to transfer or delete the room first.</summary>
    Forbid,
}

internal enum LogFormat
{
    Text,
    Json,
}

/// <summary>
/// Every setting, with its default. Filled and checked once at start, by the names of these
/// properties; read-only from then on. 0 means "no limit" for the limits that may be switched off.
/// </summary>
internal sealed class RoomWsOptions
{
    /// <summary>Development mode: identities without proof, on loopback only.</summary>
    public bool Dev { get; set; }

    public string Host { get; set; } = "127.0.0.1";

    /// <summary>0 takes a free port, which the Listening line tells.</summary>
    public int Port { get; set; } = 8080;

    public string Path { get; set; } = "/ws";

    public string Database { get; set; } = "data/roomws.db";

    /// <summary>HS256 shared secret, 32 bytes or more.</summary>
    public string? JwtSecret { get; set; }

    /// <summary>PEM file of the RS256 or ES256 public key.</summary>
    public string? JwtPublicKeyFile { get; set; }

    public string? JwtIssuer { get; set; }

    public string? JwtAudience { get; set; }

    /// <summary>Name of the cookie that may carry the token. Needs <see cref="AllowedOrigins"/>, for browsers send cookies from any page.</summary>
    public string? Cookie { get; set; }

    /// <summary>Origins that browsers may connect from; empty means any.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    public string? TlsCertificateFile { get; set; }

    public string? TlsKeyFile { get; set; }

    public OwnerLeave OwnerLeave { get; set; }

    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    public LogFormat LogFormat { get; set; }

    /// <summary>Seconds of silence after which a connection is pinged.</summary>
    public int PingSeconds { get; set; } = 30;

    /// <summary>Seconds without an answer to a ping after which a connection counts as dead.</summary>
    public int DeadSeconds { get; set; } = 60;

    /// <summary>Seconds that a connection may stay without an identity.</summary>
    public int IdentifySeconds { get; set; } = 10;

    /// <summary>Seconds that a shutdown may take.</summary>
    public int DrainSeconds { get; set; } = 10;

    public LimitOptions Limits { get; set; } = new();
}

/// <summary>The limits a client can run into. What happens past each is in protocol.md.</summary>
internal sealed class LimitOptions
{
    public int MessageBytes { get; set; } = 65_536;

    public int NameLength { get; set; } = 200;

    public int ThumbnailUrlLength { get; set; } = 2_048;

    public int UserIdsPerRequest { get; set; } = 1_000;

    public int MembersPerRoom { get; set; } = 10_000;

    public int RoomsPerUser { get; set; } = 1_000;

    public int Rooms { get; set; }

    public int Connections { get; set; }

    public int ConnectionsPerUser { get; set; } = 20;

    public int RequestsPerSecond { get; set; } = 100;

    public int RequestBurst { get; set; } = 200;

    public int OutboundQueueBytes { get; set; } = 1_048_576;
}
