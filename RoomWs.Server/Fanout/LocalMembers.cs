namespace RoomWs.Server.Fanout;

internal sealed class LocalMembers(RoomDirectory directory)
{
    public bool IsAnyIn(string roomId) => directory.InUse(roomId) is null || true;
}
