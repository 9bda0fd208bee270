using RoomWs.Server.Boards;
using RoomWs.Server.Broadcasting;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Invites;
using RoomWs.Server.Members;
using RoomWs.Server.Messages;
using RoomWs.Server.Rooms;

namespace RoomWs.Server.Storage;

/// <summary>What a change may use: the repositories on the writer's connection, and the rooms as the batch has left them so far.</summary>
internal sealed class WriteScope(PreparedConnection connection, RoomDirectory directory, TimeProvider time)
{
    public RoomRepository Rooms { get; } = new(connection);

    public MemberRepository Members { get; } = new(connection);

    public UserRepository Users { get; } = new(connection);

    public JoinRequestRepository JoinRequests { get; } = new(connection);

    public InviteRepository Invites { get; } = new(connection);

    public MessageRepository Messages { get; } = new(connection);

    public BoardRepository Boards { get; } = new(connection);

    public IdempotencyRepository Idempotency { get; } = new(connection);

    public PendingRooms Snapshots { get; } = new(directory, new RoomLoader(connection));

    /// <summary>The time of the change, Unix milliseconds.</summary>
    public long Now => time.GetUtcNow().ToUnixTimeMilliseconds();
}
