using System.Data.Common;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Storage;

/// <summary>What can be read on one connection. For one thread at a time.</summary>
internal class Repositories(DbConnection connection, SqlDialect dialect)
{
    public RoomRepository Rooms { get; } = new(connection, dialect);

    public MemberRepository Members { get; } = new(connection, dialect);

    public UserRepository Users { get; } = new(connection, dialect);

    /// <summary>Only of a database that several nodes use.</summary>
    public PresenceRepository Presence { get; } = new(connection);

    public JoinRequestRepository JoinRequests { get; } = new(connection, dialect);

    public InviteRepository Invites { get; } = new(connection);

    public MessageRepository Messages { get; } = new(connection);

    public BoardRepository Boards { get; } = new(connection);

    public AuditRepository Audit { get; } = new(connection);

    /// <summary>Only on the writer's connection.</summary>
    public SweepRepository Sweeps { get; } = new(connection, dialect);

    /// <summary>Reads a room with its members.</summary>
    public RoomLoader Loader { get; } = new(connection, dialect);
}
