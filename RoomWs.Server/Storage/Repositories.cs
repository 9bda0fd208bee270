using System.Data.Common;

namespace RoomWs.Server.Storage;

/// <summary>What can be read on one connection. For one thread at a time.</summary>
internal class Repositories(DbConnection connection)
{
    public RoomRepository Rooms { get; } = new(connection);

    public MemberRepository Members { get; } = new(connection);

    public UserRepository Users { get; } = new(connection);

    public JoinRequestRepository JoinRequests { get; } = new(connection);

    public InviteRepository Invites { get; } = new(connection);

    public MessageRepository Messages { get; } = new(connection);

    public BoardRepository Boards { get; } = new(connection);

    public AuditRepository Audit { get; } = new(connection);

    /// <summary>Only on the writer's connection.</summary>
    public SweepRepository Sweeps { get; } = new(connection);

    /// <summary>Reads a room with its members.</summary>
    public RoomLoader Loader { get; } = new(connection);
}
