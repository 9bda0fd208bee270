using RoomWs.Protocol;
using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Members;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Configuration;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Rooms;

/// <summary>ROOM_CREATE: creates a room with the caller as OWNER.</summary>
internal sealed class CreateRoomHandler(FieldRules rules, LimitOptions limits, Admission admission, Strangers strangers) : IChangeHandler<CreateRoom>
{
    public ErrorReply? Validate(CreateRoom command, Caller caller) =>
        FieldRules.RoomId(command.RoomId)
        ?? rules.Name("name", command.Name)
        ?? rules.ThumbnailUrl("thumbnailUrl", command.ThumbnailUrl)
        ?? FieldRules.Slug(command.Slug)
        ?? rules.UserIds("memberIds", command.MemberIds ?? []);

    public void Need(CreateRoom command, Caller caller, Needs needs)
    {
        if (command.RoomId is { } roomId) needs.Room(roomId);
        if (command.Slug is { } slug) needs.Slugs.Add(slug);
        if (command.RoomId is not null || command.Slug is not null) strangers.Need(caller.UserId, needs);
        admission.NeedCreation(caller.UserId, command.MemberIds ?? [], needs);
    }

    public Outcome Handle(CreateRoom command, Caller caller, WriteScope write)
    {
        var now = write.Now;
        var roomId = command.RoomId ?? Ids.NewRoomId(now);
        string[] others = [.. (command.MemberIds ?? []).Distinct(StringComparer.Ordinal).Where(userId => userId != caller.UserId)];
        if (Refuse(command, caller, others, write) is { } refusal) return refusal;

        var room = new StoredRoom
        {
            Id = roomId,
            Epoch = Ids.NewEpoch(),
            Name = command.Name ?? roomId,
            ThumbnailUrl = command.ThumbnailUrl,
            Slug = command.Slug,
            JoinPolicy = command.JoinPolicy ?? JoinPolicy.Open,
            CreatedAt = now,
            CreatedBy = caller.UserId,
            Version = 1,
            UpdatedAt = now,
            MemberCount = 1 + others.Length,
        };
        Member[] members =
        [
            new(caller.UserId, RoomRole.Owner, now),
            .. others.Select(userId => new Member(userId, RoomRole.Member, now)),
        ];
        write.Rooms.Insert(room);
        write.Members.Add(roomId, members, areAdded: true);

        var after = write.Snapshots.Create(room.ToSnapshot(members));
        return Outcome.ChangedShowing(RoomReply.Info, new RoomChange(roomId, after, RoomEvent.MemberList(after))) with
        {
            Note = new AuditNote(others),
        };
    }

    private ErrorReply? Refuse(CreateRoom command, Caller caller, string[] others, WriteScope write)
    {
        // A taken id or slug tells of a room, maybe of a hidden one.
        if (command.RoomId is { } roomId && write.Rooms.Find(roomId) is not null) return strangers.Refuse(new ErrorReply(ErrorCode.CreateFailed, "roomId is taken by another room."), role: null, caller, write);
        if (command.Slug is { } slug && write.Rooms.FindIdBySlug(slug) is not null) return strangers.Refuse(RoomErrors.SlugTaken, role: null, caller, write);
        if (limits.Rooms > 0 && write.Rooms.Count() >= limits.Rooms)
        {
            return new ErrorReply(ErrorCode.CreateFailed, $"The server has {limits.Rooms} rooms already, which is the limit (Rooms).");
        }

        return admission.RefuseCreation(caller.UserId, others, write);
    }
}
