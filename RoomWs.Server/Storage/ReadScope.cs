using RoomWs.Server.Boards;
using RoomWs.Server.Broadcasting;
using RoomWs.Server.Invites;
using RoomWs.Server.Members;
using RoomWs.Server.Messages;
using RoomWs.Server.Rooms;

namespace RoomWs.Server.Storage;

/// <summary>What a read may use: the repositories on a connection of its own, which sees the last commit.</summary>
internal sealed class ReadScope(PreparedConnection connection) : IDisposable
{
    public RoomRepository Rooms { get; } = new(connection);

    public MemberRepository Members { get; } = new(connection);

    public UserRepository Users { get; } = new(connection);

    public JoinRequestRepository JoinRequests { get; } = new(connection);

    public InviteRepository Invites { get; } = new(connection);

    public MessageRepository Messages { get; } = new(connection);

    public BoardRepository Boards { get; } = new(connection);

    public RoomLoader Loader { get; } = new(connection);

    public void Dispose() => connection.Dispose();
}
