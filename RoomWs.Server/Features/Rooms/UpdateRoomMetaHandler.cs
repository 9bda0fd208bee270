using RoomWs.Protocol.Connection;
using RoomWs.Protocol.Rooms;
using RoomWs.Server.Dispatch;
using RoomWs.Server.Features.RoomChanges;
using RoomWs.Server.Model;
using RoomWs.Server.Storage;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Features.Rooms;

/// <summary>ROOM_UPDATE_META: changes a room's name, picture, slug or join policy.</summary>
internal sealed class UpdateRoomMetaHandler(FieldRules rules, Strangers strangers) : IRoomChangeHandler<UpdateRoomMeta>
{
    public ErrorReply? Validate(UpdateRoomMeta command, Caller caller)
    {
        var patch = command.Patch;
        if (patch.ActiveBoardId.IsSet) return FieldRules.Invalid("patch.activeBoardId is set by ROOM_BOARD_ACTIVATE.");
        if (patch.IsEmpty) return FieldRules.Invalid("patch is empty; give at least one of name, thumbnailUrl, slug, joinPolicy.");
        if (patch.Name is { IsSet: true, Value: null }) return FieldRules.Invalid("patch.name must not be null; a room always has a name.");
        if (patch.JoinPolicy is { IsSet: true, Value: null }) return FieldRules.Invalid("patch.joinPolicy must not be null; it is one of OPEN, APPROVAL, INVITE.");
        return FieldRules.RoomId(command.RoomId)
            ?? rules.Name("patch.name", patch.Name.Value)
            ?? rules.ThumbnailUrl("patch.thumbnailUrl", patch.ThumbnailUrl.Value)
            ?? FieldRules.Slug(patch.Slug.Value);
    }

    public void Need(UpdateRoomMeta command, Caller caller, RoomNeeds room, Needs needs)
    {
        if (command.Patch.Slug.Value is not { } slug) return;
        needs.Slugs.Add(slug);
        strangers.Need(caller.UserId, needs);
    }

    public Outcome Handle(UpdateRoomMeta command, Caller caller, RoomAccess room, WriteScope write)
    {
        var patch = command.Patch;
        if (patch.JoinPolicy.IsSet && room.Refuse(RoomAction.SetJoinPolicy) is { } refusal) return refusal;
        if (room.RefuseStale(command.IfVersion) is { } stale) return stale;
        if (patch.Slug.Value is { } slug && write.Rooms.FindIdBySlug(slug) is { } holder && holder != room.RoomId)
        {
            // It tells of a room, maybe of a hidden one.
            return strangers.Refuse(RoomErrors.SlugTaken, role: null, caller, write);
        }

        return MetaChange.Apply(room.RoomId, patch, string.Join(',', FieldNames(patch)), write);
    }

    /// <summary>The names of the changed fields, for the audit trail. It deliberately does not keep their values.</summary>
    private static IEnumerable<string> FieldNames(RoomMetaPatch patch)
    {
        if (patch.Name.IsSet) yield return "name";
        if (patch.ThumbnailUrl.IsSet) yield return "thumbnailUrl";
        if (patch.Slug.IsSet) yield return "slug";
        if (patch.JoinPolicy.IsSet) yield return "joinPolicy";
    }
}
