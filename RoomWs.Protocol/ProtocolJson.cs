using System.Text.Json;
using System.Text.Json.Serialization;
using RoomWs.Protocol.Auditing;
using RoomWs.Protocol.Boards;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Invites;
using RoomWs.Protocol.Live;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Messages;
using RoomWs.Protocol.Rooms;

namespace RoomWs.Protocol;

/// <summary>Reads and writes every message: camelCase, enums by wire name, absent and null are different, and duplicate fields are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(WireEnum<ErrorCode>), typeof(WireEnum<JoinPolicy>), typeof(WireEnum<RoomRole>), typeof(WireEnum<LeaveReason>), typeof(WireEnum<PresenceStatus>)],
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = 32)]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(HelloAck))]
[JsonSerializable(typeof(Ping))]
[JsonSerializable(typeof(Pong))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(ServerDraining))]
[JsonSerializable(typeof(CreateRoom))]
[JsonSerializable(typeof(RoomCreated))]
[JsonSerializable(typeof(UpdateRoomMeta))]
[JsonSerializable(typeof(RoomMeta))]
[JsonSerializable(typeof(RoomUpdated))]
[JsonSerializable(typeof(DeleteRoom))]
[JsonSerializable(typeof(RoomDeleted))]
[JsonSerializable(typeof(GetRoomInfo))]
[JsonSerializable(typeof(ListRooms))]
[JsonSerializable(typeof(RoomListResponse))]
[JsonSerializable(typeof(AddRoomMembers))]
[JsonSerializable(typeof(RemoveRoomMember))]
[JsonSerializable(typeof(SetRoomRole))]
[JsonSerializable(typeof(RoomMembersUpdated))]
[JsonSerializable(typeof(RoomMembersChanged))]
[JsonSerializable(typeof(RoomMemberLeft))]
[JsonSerializable(typeof(LeaveRoom))]
[JsonSerializable(typeof(LeaveRoomResponse))]
[JsonSerializable(typeof(JoinRoom))]
[JsonSerializable(typeof(JoinRoomResponse))]
[JsonSerializable(typeof(RoomMemberJoined))]
[JsonSerializable(typeof(GetRoomMembers))]
[JsonSerializable(typeof(JoinPending))]
[JsonSerializable(typeof(JoinRequested))]
[JsonSerializable(typeof(ListJoinRequests))]
[JsonSerializable(typeof(JoinRequestsResponse))]
[JsonSerializable(typeof(JoinRequestsPending))]
[JsonSerializable(typeof(ApproveJoin))]
[JsonSerializable(typeof(JoinApproved))]
[JsonSerializable(typeof(DenyJoin))]
[JsonSerializable(typeof(JoinDenied))]
[JsonSerializable(typeof(CancelJoin))]
[JsonSerializable(typeof(JoinCancelled))]
[JsonSerializable(typeof(CreateInvite))]
[JsonSerializable(typeof(InviteCreated))]
[JsonSerializable(typeof(AcceptInvite))]
[JsonSerializable(typeof(ListInvites))]
[JsonSerializable(typeof(InviteListResponse))]
[JsonSerializable(typeof(RevokeInvite))]
[JsonSerializable(typeof(InviteRevoked))]
[JsonSerializable(typeof(SendRoomMessage))]
[JsonSerializable(typeof(SendRoomMessageResponse))]
[JsonSerializable(typeof(RoomMessage))]
[JsonSerializable(typeof(GetRoomHistory))]
[JsonSerializable(typeof(RoomHistoryResponse))]
[JsonSerializable(typeof(Resume))]
[JsonSerializable(typeof(ResyncStart))]
[JsonSerializable(typeof(ResyncComplete))]
[JsonSerializable(typeof(RoomsSnapshot))]
[JsonSerializable(typeof(EnterRoom))]
[JsonSerializable(typeof(RoomState))]
[JsonSerializable(typeof(ExitRoom))]
[JsonSerializable(typeof(RoomExited))]
[JsonSerializable(typeof(MoveCursor))]
[JsonSerializable(typeof(RoomCursors))]
[JsonSerializable(typeof(SetTyping))]
[JsonSerializable(typeof(RoomTyping))]
[JsonSerializable(typeof(RoomPresence))]
[JsonSerializable(typeof(CreateBoard))]
[JsonSerializable(typeof(BoardCreated))]
[JsonSerializable(typeof(ListBoards))]
[JsonSerializable(typeof(BoardListResponse))]
[JsonSerializable(typeof(DeleteBoard))]
[JsonSerializable(typeof(BoardDeleted))]
[JsonSerializable(typeof(ActivateBoard))]
[JsonSerializable(typeof(UpdateBoard))]
[JsonSerializable(typeof(UpdateBoardResponse))]
[JsonSerializable(typeof(BoardUpdated))]
[JsonSerializable(typeof(GetBoardState))]
[JsonSerializable(typeof(BoardStateResponse))]
[JsonSerializable(typeof(SnapshotBoard))]
[JsonSerializable(typeof(SnapshotBoardResponse))]
[JsonSerializable(typeof(ListAudit))]
[JsonSerializable(typeof(AuditListResponse))]
public sealed partial class ProtocolJson : JsonSerializerContext
{
    /// <summary>
    /// The context to use. It escapes only what JSON requires: messages go into WebSocket frames, never into HTML, and they stay short, and readable
    /// in a terminal.
    /// </summary>
    public static ProtocolJson Wire => Holder.Context;

    // In a type of its own, so that it is initialized after the generated Default, whatever the order of the files.
    private static class Holder
    {
        internal static readonly ProtocolJson Context = new(new JsonSerializerOptions(Default.Options)
        {
            Encoder = new WireEncoder(),
        });
    }
}
