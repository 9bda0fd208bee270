using RoomWs.Server.Model;
using RoomWs.Server.Storage;

namespace RoomWs.Server.Dispatch;

/// <summary>
/// The reads of one attempt to answer a question about a room. The database may hold a commit that was not told yet: the room may be another one under the
/// same id, and whoever asks may be no member of it. So each read looks in the same transaction whether the room is still as it was found.
/// </summary>
internal sealed class SightedReads(IReads reads, RoomSnapshot room) : IReads
{
    /// <summary>Whether a read saw the room at another version. Then nothing of what was read may be shown.</summary>
    public bool IsAhead { get; private set; }

    public T Read<T>(Func<Repositories, T> read) => reads.Read(scope =>
    {
        IsAhead |= !scope.Rooms.IsAt(room.Id, room.Epoch, room.Version);
        return read(scope);
    });
}
